import { cn } from "../ui/cn.ts";
import { TimeStamp } from "../ui/time-stamp.tsx";
import type { Tone } from "../ui/tone.ts";
import { timelineWords, whoWords, type Event } from "./timeline-words.ts";

const dots = {
  neutral: "bg-line-strong",
  info: "bg-info",
  success: "bg-success",
  warning: "bg-warning",
  danger: "bg-danger",
} satisfies Record<Tone, string>;

type TimelineProps = { events: readonly Event[]; forStaff?: boolean };

/** Everything that happened to a payment and its refunds, oldest first. */
export function Timeline({ events, forStaff = false }: TimelineProps) {
  return (
    <ol className="relative">
      {events.map((event, index) => {
        const { label, tone, note } = timelineWords(event);
        const who = forStaff ? whoWords(event.who) : null;
        return (
          <li key={index} className="relative flex gap-4 pb-5 last:pb-0">
            {index < events.length - 1 ? (
              <span
                aria-hidden="true"
                className="bg-line absolute top-4 bottom-0 left-[5px] w-px"
              />
            ) : null}
            <span
              aria-hidden="true"
              className={cn("relative mt-1.5 size-2.75 shrink-0 rounded-full", dots[tone])}
            />
            <div className="min-w-0 text-sm">
              <p className="font-medium">{label}</p>
              {note === null ? null : <p className="text-muted mt-0.5 break-words">{note}</p>}
              <p className="text-muted mt-0.5 text-xs">
                <TimeStamp at={event.at} precision="second" />
                {who === null ? null : `, ${who}`}
                {event.entity === "refund" ? (
                  <span className="whitespace-nowrap">, {event.entityId}</span>
                ) : null}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
