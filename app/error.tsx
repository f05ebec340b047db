"use client";

import { digestOf, FailureMessage } from "../components/shop/failure-message.tsx";

export default function RootError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main id="main" tabIndex={-1} className="flex-1">
      <FailureMessage
        reference={digestOf(error)}
        onRetry={retry}
        homeHref="/orders"
        homeLabel="Your orders"
      />
    </main>
  );
}
