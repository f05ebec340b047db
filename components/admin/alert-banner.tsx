import type { CaseKind } from "#lib/domain/case";
import { Alert } from "../ui/alert.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { caseKindWords } from "./case-words.ts";

/** On every page of the dashboard while the books or the audit are broken. */
export function AlertBanner({ alerts }: { alerts: readonly CaseKind[] }) {
  return alerts.map((kind) => (
    <Alert key={kind} tone="danger" title={caseKindWords[kind].label} className="mb-4">
      <p>
        {caseKindWords[kind].todo}{" "}
        <TextLink href={`/admin/cases?kind=${kind}`}>See what was found</TextLink>
      </p>
    </Alert>
  ));
}
