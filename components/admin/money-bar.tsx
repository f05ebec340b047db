import { displayMoney } from "#lib/domain/money";

type MoneyBarProps = {
  authorizedMinor: bigint;
  /** Held and free to be captured, and what a capture or release is under way for. */
  capturableMinor: bigint;
  authorizationPendingMinor: bigint;
  voidedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  refundPendingMinor: bigint;
  disputedMinor: bigint;
  refundableMinor: bigint;
  currency: string;
};

type Part = { label: string; fill: string; amountMinor: bigint; isAlwaysTold?: boolean };

// Parts differ by pattern as well as by colour.
function partsOf(sums: MoneyBarProps): Part[] {
  const tookSome = sums.capturedMinor > 0n;
  return [
    {
      label: "Left",
      fill: "var(--success)",
      amountMinor: sums.refundableMinor,
      isAlwaysTold: tookSome,
    },
    { label: "Disputed", fill: "url(#money-bar-disputed)", amountMinor: sums.disputedMinor },
    {
      label: "Refund on its way",
      fill: "url(#money-bar-pending)",
      amountMinor: sums.refundPendingMinor,
    },
    {
      label: "Refunded",
      fill: "var(--line-strong)",
      amountMinor: sums.refundedMinor,
      isAlwaysTold: tookSome,
    },
    { label: "Held", fill: "url(#money-bar-held)", amountMinor: sums.capturableMinor },
    {
      label: "Held, under way",
      fill: "url(#money-bar-moving)",
      amountMinor: sums.authorizationPendingMinor,
    },
    { label: "Released", fill: "var(--line)", amountMinor: sums.voidedMinor },
  ];
}

/** Share of the whole in percent, to two decimals. */
function percent(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 10_000n) / whole) / 100;
}

function Swatch({ fill }: { fill: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5 shrink-0">
      <rect width="10" height="10" rx="2" fill={fill} />
    </svg>
  );
}

function Stripes({
  id,
  dark,
  light,
  angle,
}: Record<"id" | "dark" | "light", string> & { angle: number }) {
  return (
    <pattern
      id={id}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform={`rotate(${angle})`}
    >
      <rect width="6" height="6" fill={light} />
      <rect width="3" height="6" fill={dark} />
    </pattern>
  );
}

/** Where the money of a payment is: held, left with the shop, disputed, on its way back, given back. */
export function MoneyBar(sums: MoneyBarProps) {
  const { capturedMinor, authorizedMinor, currency } = sums;
  const parts = partsOf(sums);
  // A dispute may be about money that was refunded before: the parts can be more than the whole.
  const whole = parts.reduce((sum, part) => sum + part.amountMinor, 0n);
  const shown = parts.filter((part) => part.amountMinor > 0n);
  const starts = shown.map((_, index) =>
    shown.slice(0, index).reduce((sum, part) => sum + part.amountMinor, 0n),
  );
  return (
    <div>
      <svg
        aria-hidden="true"
        width="100%"
        height="12"
        className="block overflow-hidden rounded-full"
      >
        <defs>
          <Stripes id="money-bar-pending" dark="var(--info)" light="var(--info-tint)" angle={45} />
          <Stripes
            id="money-bar-disputed"
            dark="var(--danger)"
            light="var(--danger-tint)"
            angle={-45}
          />
          <Stripes
            id="money-bar-held"
            dark="var(--warning)"
            light="var(--warning-tint)"
            angle={0}
          />
          <Stripes
            id="money-bar-moving"
            dark="var(--warning)"
            light="var(--warning-tint)"
            angle={45}
          />
        </defs>
        <rect width="100%" height="12" fill="var(--neutral-tint)" />
        {shown.map(({ label, fill, amountMinor }, index) => (
          <rect
            key={label}
            x={`${percent(starts[index] ?? 0n, whole)}%`}
            width={`${percent(amountMinor, whole)}%`}
            height="12"
            fill={fill}
          />
        ))}
      </svg>
      <dl className="nums mt-4 grid grid-cols-2 gap-x-12 gap-y-3 text-sm sm:flex sm:flex-wrap">
        {authorizedMinor > 0n ? (
          <Sum label="Authorised" amount={displayMoney(authorizedMinor, currency)} />
        ) : null}
        <Sum label="Captured" amount={displayMoney(capturedMinor, currency)} />
        {parts
          .filter(({ amountMinor, isAlwaysTold }) => amountMinor > 0n || isAlwaysTold === true)
          .map(({ label, fill, amountMinor }) => (
            <Sum
              key={label}
              label={label}
              fill={fill}
              amount={displayMoney(amountMinor, currency)}
            />
          ))}
      </dl>
    </div>
  );
}

function Sum({ label, amount, fill }: { label: string; amount: string; fill?: string }) {
  return (
    <div>
      <dt className="text-muted flex items-center gap-2">
        {fill === undefined ? null : <Swatch fill={fill} />}
        {label}
      </dt>
      <dd className="mt-0.5 font-semibold">{amount}</dd>
    </div>
  );
}
