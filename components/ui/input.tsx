import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** The looks of every text control. 16 px text, so that a phone does not zoom in on focus. */
export const controlClasses =
  "block w-full min-h-11 rounded-lg border border-line-strong bg-surface px-3 text-base text-ink placeholder:text-faint disabled:bg-sunken disabled:text-muted aria-invalid:border-danger aria-invalid:bg-danger-tint/40 sm:text-sm";

export function Input({ className, type, ...props }: ComponentProps<"input">) {
  return <input {...props} type={type ?? "text"} className={cn(controlClasses, className)} />;
}
