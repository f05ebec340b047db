import type { ReactNode } from "react";
import { Alert } from "./alert.tsx";

type FormSummaryProps = { title: string | null; children?: ReactNode };

/** What is wrong with a form, announced as soon as it appears. The live region is there from the start. */
export function FormSummary({ title, children }: FormSummaryProps) {
  return (
    <div aria-live="assertive" data-summary tabIndex={-1} className="empty:mb-0">
      {title === null ? null : (
        <Alert tone="danger" title={title}>
          {children}
        </Alert>
      )}
    </div>
  );
}
