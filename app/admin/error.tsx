"use client";

import { digestOf, FailureMessage } from "../../components/shop/failure-message.tsx";

export default function AdminError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <FailureMessage
      reference={digestOf(error)}
      onRetry={retry}
      homeHref="/admin"
      homeLabel="Overview"
    />
  );
}
