import { z } from "zod";

// A gateway's book as the sandbox shows it. The dummy's has other names here and there: both are read.

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const minor = z
  .string()
  .regex(/^\d{1,18}$/)
  .nullish()
  .transform((value) => BigInt(value ?? "0"));
const time = z.coerce.date();
const timeOrNull = z
  .string()
  .nullish()
  .transform((value) => (value == null ? null : new Date(value)));

const charge = z.object({
  reference: z.string(),
  state: text,
  merchant_reference: text,
  amount_minor: minor,
  captured_minor: minor,
  refunded_minor: minor,
  currency: text,
  created_at: time,
});
const part = z.object({
  reference: z.string(),
  state: text,
  merchant_reference: text,
  charge_reference: text,
  amount_minor: minor,
  currency: text,
  created_at: time,
});
const call = z
  .object({
    id: z.union([z.string(), z.number()]).transform(String),
    method: text,
    path: text,
    verb: text,
    idempotency_key: text,
    fault: text,
    status: z
      .number()
      .nullish()
      .transform((value) => value ?? null),
    at: time,
    answered_at: timeOrNull,
  })
  .transform(({ method, path, verb, status, answered_at: answeredAt, ...rest }) => ({
    ...rest,
    what: verb === "" ? `${method} ${path}` : verb.replaceAll("_", " "),
    answer: status === null ? (answeredAt === null ? "None" : "Answered") : String(status),
  }));
const event = z.object({
  id: z.string(),
  type: text,
  attempts: z.number(),
  next_attempt_at: timeOrNull,
  delivered_at: timeOrNull,
  created_at: time,
});
const fault = z.object({ mode: z.string(), times: z.number(), delay_ms: z.number() });

const book = z.object({
  charges: z.array(charge),
  refunds: z.array(part),
  disputes: z.array(part),
  calls: z.array(call),
  /** The dummy's book says neither. */
  events: z.array(event).optional(),
  faults: z.array(fault).optional(),
});

const shown = 20;

type Raw = z.output<typeof book>;
export type SandboxCharge = Raw["charges"][number];
export type SandboxPart = Raw["refunds"][number];
export type SandboxCall = Raw["calls"][number];
export type SandboxEvent = z.output<typeof event>;
export type SandboxFault = z.output<typeof fault>;

/** The newest of each, newest first. `events` and `faults` are null where the book does not tell of them. */
export type SandboxBook = {
  charges: SandboxCharge[];
  refunds: SandboxPart[];
  disputes: SandboxPart[];
  calls: SandboxCall[];
  events: SandboxEvent[] | null;
  faults: SandboxFault[] | null;
};

/** Reads a book. Throws where it cannot be read. */
export function readBook(value: unknown): SandboxBook {
  const { charges, refunds, disputes, calls, events, faults } = book.parse(value);
  const currencies = new Map(charges.map(({ reference, currency }) => [reference, currency]));
  const withCurrency = (row: SandboxPart): SandboxPart =>
    row.currency === "" ? { ...row, currency: currencies.get(row.charge_reference) ?? "" } : row;
  return {
    charges: newest(charges, (row) => row.created_at),
    refunds: newest(refunds, (row) => row.created_at).map(withCurrency),
    disputes: newest(disputes, (row) => row.created_at).map(withCurrency),
    calls: newest(calls, (row) => row.at),
    events: events === undefined ? null : newest(events, (row) => row.created_at),
    faults: faults ?? null,
  };
}

function newest<Row>(rows: readonly Row[], at: (row: Row) => Date): Row[] {
  return rows.toSorted((one, other) => at(other).getTime() - at(one).getTime()).slice(0, shown);
}
