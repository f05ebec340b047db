const dateFormat = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
const minuteFormat = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
const secondFormat = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

const formats = { date: dateFormat, minute: minuteFormat, second: secondFormat };

type TimeStampProps = { at: Date; precision?: keyof typeof formats; className?: string };

/** A moment in UTC, and said to be so. Made on the server, so that no reader's zone changes it after. */
export function TimeStamp({ at, precision = "minute", className }: TimeStampProps) {
  const zone = precision === "date" ? "" : " UTC";
  return (
    <time
      dateTime={at.toISOString()}
      title={`${secondFormat.format(at)} UTC`}
      className={className}
    >
      {formats[precision].format(at)}
      {zone}
    </time>
  );
}
