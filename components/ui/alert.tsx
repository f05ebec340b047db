import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import type { Tone } from "./tone.ts";

const looks = {
  neutral: { classes: "border-line bg-sunken text-ink", Icon: Info },
  info: { classes: "border-info/25 bg-info-tint text-info", Icon: Info },
  success: { classes: "border-success/25 bg-success-tint text-success", Icon: CircleCheck },
  warning: { classes: "border-warning/25 bg-warning-tint text-warning", Icon: TriangleAlert },
  danger: { classes: "border-danger/25 bg-danger-tint text-danger", Icon: CircleAlert },
} satisfies Record<Tone, { classes: string; Icon: typeof Info }>;

type AlertProps = {
  tone: Tone;
  title: ReactNode;
  /** `alert` interrupts a screen reader, `status` waits its turn; leave out for what was there from the start. */
  role?: "alert" | "status";
  className?: string;
  children?: ReactNode;
};

/** Something to be told: what happened as the title, what to do about it below. */
export function Alert({ tone, title, role, className, children }: AlertProps) {
  const { classes, Icon } = looks[tone];
  return (
    <div role={role} className={cn("flex gap-3 rounded-xl border p-4 text-sm", classes, className)}>
      <Icon aria-hidden="true" className="mt-0.5 size-4.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        {children === undefined || children === null ? null : (
          <div className="text-ink mt-1 space-y-2">{children}</div>
        )}
      </div>
    </div>
  );
}
