"use client";

import { Button, buttonVariants } from "../ui/button.tsx";
import { MessagePage } from "../ui/message-page.tsx";

type FailureMessageProps = {
  reference: string | null;
  onRetry: () => void;
  homeHref: string;
  homeLabel: string;
};

/** For a page that could not be made. Says nothing of why: that is in the log, under the reference. */
export function FailureMessage({ reference, onRetry, homeHref, homeLabel }: FailureMessageProps) {
  return (
    <MessagePage
      title="This page could not be shown"
      actions={
        <>
          <Button variant="solid" onClick={onRetry}>
            Try again
          </Button>
          <a href={homeHref} className={buttonVariants({ variant: "secondary" })}>
            {homeLabel}
          </a>
        </>
      }
    >
      <p role="alert">
        Something went wrong on our side. Showing a page never moves money: a payment you made is
        taken once or not at all, and your orders say which.
      </p>
      {reference === null ? null : <p className="text-xs">Reference for support: {reference}</p>}
    </MessagePage>
  );
}

/** The reference that the server's log has for an error, if it has one. */
export function digestOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("digest" in error)) return null;
  return typeof error.digest === "string" ? error.digest : null;
}
