"use client";

import { digestOf, FailureMessage } from "../../components/shop/failure-message.tsx";

export default function ShopError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <FailureMessage
      reference={digestOf(error)}
      onRetry={retry}
      homeHref="/orders"
      homeLabel="Your orders"
    />
  );
}
