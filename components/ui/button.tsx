import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";
import { Spinner } from "./spinner.tsx";

/** The looks of a button, for links that act as one too. At least 40 px high, 44 on touch. */
export const buttonVariants = cva(
  "inline-flex shrink-0 cursor-pointer items-center justify-center gap-2 rounded-lg text-sm font-semibold whitespace-nowrap transition-colors select-none aria-disabled:cursor-not-allowed disabled:cursor-not-allowed",
  {
    variants: {
      variant: {
        primary:
          "bg-signal text-signal-ink hover:bg-signal-hover disabled:bg-neutral-tint disabled:text-muted aria-disabled:bg-neutral-tint aria-disabled:text-muted",
        solid:
          "bg-solid text-solid-ink hover:bg-solid-hover disabled:bg-neutral-tint disabled:text-muted",
        secondary:
          "border border-line-strong bg-surface text-ink hover:bg-sunken disabled:border-line disabled:text-faint",
        quiet:
          "bg-signal-tint text-ink hover:bg-signal hover:text-signal-ink disabled:bg-neutral-tint disabled:text-muted",
        ghost: "text-ink hover:bg-neutral-tint disabled:text-faint",
        danger:
          "bg-danger-solid text-danger-solid-ink hover:bg-danger-solid-hover disabled:bg-neutral-tint disabled:text-muted",
      },
      size: {
        small: "min-h-10 px-3",
        medium: "min-h-11 px-4",
        large: "min-h-13 px-6 text-base",
        icon: "size-11 text-base",
      },
    },
    defaultVariants: { variant: "primary", size: "medium" },
  },
);

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof buttonVariants> & {
    /** Shows a spinner and refuses clicks; the label stays, so that the width does. */
    busy?: boolean;
  };

export function Button({
  variant,
  size,
  busy = false,
  disabled,
  className,
  children,
  type,
  ...props
}: ButtonProps) {
  return (
    <button
      {...props}
      type={type ?? "button"}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cn(buttonVariants({ variant, size }), className)}
    >
      {busy ? <Spinner className="size-4" /> : null}
      {children}
    </button>
  );
}
