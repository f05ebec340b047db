import type { ReactNode } from "react";

type PageHeaderProps = {
  title: ReactNode;
  trail?: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
};

/** The one `h1` of a page, with where one came from above and the page's actions beside. */
export function PageHeader({ title, trail, aside, children }: PageHeaderProps) {
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        {trail === undefined ? null : (
          <div className="text-muted text-sm [&_a]:inline-flex [&_a]:min-h-10 [&_a]:items-center">
            {trail}
          </div>
        )}
        <h1 className="text-2xl font-semibold tracking-tight break-words">{title}</h1>
        {children === undefined ? null : (
          <div className="text-muted mt-1.5 max-w-2xl text-sm">{children}</div>
        )}
      </div>
      {aside}
    </div>
  );
}
