import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";

/** The narrow card of signing in and signing up. */
export function EntryCard({
  title,
  lead,
  children,
}: {
  title: string;
  lead: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto w-full max-w-md">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="text-muted mt-1.5 mb-6 text-sm">{lead}</p>
      <Card className="p-5 sm:p-6">{children}</Card>
    </div>
  );
}
