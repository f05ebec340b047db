"use client";

import { useEffect, useRef } from "react";
import { signInHref } from "../account/sign-in-href.ts";
import { Alert } from "../ui/alert.tsx";
import { TextLink } from "../ui/text-link.tsx";
import type { Notice } from "./notice-words.ts";

/** What happened to the payment, above the form: takes the focus when it is new, and is read aloud. */
export function NoticeBox({ notice, orderNumber }: { notice: Notice | null; orderNumber: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (notice !== null) box.current?.focus();
  }, [notice]);
  return (
    <div ref={box} tabIndex={-1} aria-live="assertive" data-testid="payment-notice">
      {notice === null ? null : (
        <Alert tone={notice.tone} title={notice.title} className="mb-5">
          <p>{notice.advice}</p>
          {notice.signIn ? (
            <TextLink href={signInHref(`/checkout/${orderNumber}`)}>Sign in</TextLink>
          ) : null}
        </Alert>
      )}
    </div>
  );
}
