const minuteMs = 60_000;
const units: readonly [ms: number, name: string][] = [
  [24 * 60 * minuteMs, "day"],
  [60 * minuteMs, "hour"],
  [minuteMs, "minute"],
];

/** "3 days", "1 hour": the largest whole unit. */
export function spanWords(spanMs: number): string {
  for (const [ms, name] of units) {
    const count = Math.floor(spanMs / ms);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  return "less than a minute";
}

/** How long ago a moment was, with the moment itself for whoever wants it. */
export function AgeStamp({ at, now }: { at: Date; now: Date }) {
  return (
    <time
      dateTime={at.toISOString()}
      title={`${at.toISOString().slice(0, 16).replace("T", " ")} UTC`}
    >
      {spanWords(now.getTime() - at.getTime())}
    </time>
  );
}
