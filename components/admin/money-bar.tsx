import { displayMoney } from "#lib/domain/money";

type MoneyBarProps = {
  capturedMinor: bigint;
  refundedMinor: bigint;
  refundPendingMinor: bigint;
  refundableMinor: bigint;
  currency: string;
};

// Parts differ by pattern as well as by colour.
const parts = {
  left: { label: "Left", fill: "var(--success)", opacity: 1 },
  pending: { label: "Refund on its way", fill: "url(#money-bar-pending)", opacity: 1 },
  refunded: { label: "Refunded", fill: "var(--line-strong)", opacity: 1 },
} as const;

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

/** Where the captured money is: left with the shop, on its way back, given back. */
export function MoneyBar(sums: MoneyBarProps) {
  const { capturedMinor, refundedMinor, refundPendingMinor, refundableMinor, currency } = sums;
  const left = percent(refundableMinor, capturedMinor);
  const pending = percent(refundPendingMinor, capturedMinor);
  const refunded = percent(refundedMinor, capturedMinor);
  const rows = [
    { ...parts.refunded, amount: refundedMinor },
    { ...parts.pending, amount: refundPendingMinor },
    { ...parts.left, amount: refundableMinor },
  ];
  return (
    <div>
      <svg
        aria-hidden="true"
        width="100%"
        height="12"
        className="block overflow-hidden rounded-full"
      >
        <defs>
          <pattern
            id="money-bar-pending"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="6" height="6" fill="var(--info-tint)" />
            <rect width="3" height="6" fill="var(--info)" />
          </pattern>
        </defs>
        <rect width="100%" height="12" fill="var(--neutral-tint)" />
        <rect x="0" width={`${left}%`} height="12" fill={parts.left.fill} />
        <rect x={`${left}%`} width={`${pending}%`} height="12" fill={parts.pending.fill} />
        <rect
          x={`${left + pending}%`}
          width={`${refunded}%`}
          height="12"
          fill={parts.refunded.fill}
        />
      </svg>
      <dl className="nums mt-4 grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-4">
        <div>
          <dt className="text-muted">Captured</dt>
          <dd className="mt-0.5 font-semibold">{displayMoney(capturedMinor, currency)}</dd>
        </div>
        {rows.map(({ label, fill, amount }) => (
          <div key={label}>
            <dt className="text-muted flex items-center gap-2">
              <Swatch fill={fill} />
              {label}
            </dt>
            <dd className="mt-0.5 font-semibold">{displayMoney(amount, currency)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
