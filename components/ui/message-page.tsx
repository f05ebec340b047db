import type { ReactNode } from "react";

type MessagePageProps = { title: string; actions: ReactNode; children: ReactNode };

/** A page that only says something: what happened, and the ways on. */
export function MessagePage({ title, actions, children }: MessagePageProps) {
  return (
    <div className="mx-auto flex w-full max-w-lg flex-col items-start px-4 py-16 sm:py-24">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <div className="text-muted mt-3 space-y-2 text-sm">{children}</div>
      <div className="mt-6 flex flex-wrap gap-3">{actions}</div>
    </div>
  );
}
