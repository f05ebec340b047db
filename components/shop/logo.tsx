import { cn } from "../ui/cn.ts";

/** The mark: a toll barrier, half way up. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={cn("size-8 shrink-0", className)}>
      <rect width="32" height="32" rx="7" className="fill-solid" />
      <path d="M8 24.5V14.5" className="stroke-solid-ink" strokeWidth="4" strokeLinecap="round" />
      <path d="M8 14 25 7.5" className="stroke-signal" strokeWidth="4.5" strokeLinecap="round" />
      <path d="m13.2 14.2-1.6-4.1M19 12l-1.6-4.1" className="stroke-solid" strokeWidth="2.2" />
      <path
        d="M14 25.2h11"
        className="stroke-solid-ink"
        strokeWidth="2.4"
        strokeLinecap="round"
        opacity="0.55"
      />
    </svg>
  );
}

export function Logo() {
  return (
    <span className="flex items-center gap-2.5">
      <LogoMark />
      <span className="text-base font-semibold tracking-tight">Tollbooth</span>
    </span>
  );
}
