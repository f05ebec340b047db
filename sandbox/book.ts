/** A stand-in's own book: its objects as JSON documents, with what checks read of them beside each. */
import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { Reply, Repetition, StandIn } from "./stand-in.ts";

/** An object of the book as a check sees it: in the shop's minor units. */
export type LedgerRow = {
  role: "charge" | "refund" | "dispute";
  /** charge: authorized, succeeded, pending, failed, voided … refund: pending, succeeded, failed. */
  state: string;
  /** `TXN-…` or `REF-…`; empty where nobody of the shop asked for it. */
  merchantReference: string;
  /** What the shop calls the charge by: of a refund or dispute, the charge that it is of. */
  chargeId: string;
  amountMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  currency: string;
};

type Data = Record<string, unknown>;
export type Stored<T = Data> = {
  id: string;
  kind: string;
  parent: string | null;
  createdAt: Date;
  data: T;
};
type Row = { id: string; kind: string; parent: string | null; created_at: Date; data: Data };

const stored = <T>(row: Row): Stored<T> => ({
  id: row.id,
  kind: row.kind,
  parent: row.parent,
  createdAt: row.created_at,
  data: row.data as T,
});

/** Reads and writes of one stand-in, within one database transaction. */
export class Book {
  readonly #client: pg.ClientBase;
  readonly #standIn: Pick<StandIn, "gateway" | "ledgerOf">;
  readonly #now: Date;

  constructor(client: pg.ClientBase, standIn: Pick<StandIn, "gateway" | "ledgerOf">, now: Date) {
    this.#client = client;
    this.#standIn = standIn;
    this.#now = now;
  }

  /** A new id such as `pi_3f…`. */
  newId(prefix: string, bytes = 12): string {
    return `${prefix}${randomBytes(bytes).toString("hex")}`;
  }

  async get<T = Data>(kind: string, id: string): Promise<Stored<T> | null> {
    const { rows } = await this.#client.query<Row>(
      "SELECT * FROM sandbox.objects WHERE gateway = $1 AND kind = $2 AND id = $3",
      [this.#standIn.gateway, kind, id],
    );
    return rows[0] ? stored<T>(rows[0]) : null;
  }

  /** Objects of a kind, the newest first; `parent`, `merchantReference`, `chargeId` narrow. `after`: older than that id. */
  async list<T = Data>(
    kind: string,
    filter: {
      parent?: string;
      merchantReference?: string;
      chargeId?: string;
      from?: Date;
      until?: Date;
      after?: string;
      limit?: number;
      skip?: number;
      oldestFirst?: boolean;
    } = {},
  ): Promise<Stored<T>[]> {
    const values: unknown[] = [this.#standIn.gateway, kind];
    const where = ["gateway = $1", "kind = $2"];
    const narrow = (condition: (place: string) => string, value: unknown): void => {
      if (value === undefined) return;
      values.push(value);
      where.push(condition(`$${values.length}`));
    };
    const beyond = filter.oldestFirst ? ">" : "<";
    narrow((place) => `parent = ${place}`, filter.parent);
    narrow((place) => `merchant_reference = ${place}`, filter.merchantReference);
    narrow((place) => `charge_id = ${place}`, filter.chargeId);
    narrow((place) => `created_at >= ${place}`, filter.from);
    narrow((place) => `created_at <= ${place}`, filter.until);
    narrow(
      (place) =>
        `seq ${beyond} (SELECT seq FROM sandbox.objects WHERE gateway = $1 AND kind = $2 AND id = ${place})`,
      filter.after,
    );
    values.push(filter.limit ?? 1_000, filter.skip ?? 0);
    const { rows } = await this.#client.query<Row>(
      `SELECT * FROM sandbox.objects WHERE ${where.join(" AND ")}
       ORDER BY seq ${filter.oldestFirst ? "ASC" : "DESC"} LIMIT $${values.length - 1} OFFSET $${values.length}`,
      values,
    );
    return rows.map((row) => stored<T>(row));
  }

  /** How many objects of a kind there are, for services that tell a list's length. */
  async count(kind: string, { from, until }: { from?: Date; until?: Date } = {}): Promise<number> {
    const { rows } = await this.#client.query<{ count: string }>(
      `SELECT count(*) FROM sandbox.objects WHERE gateway = $1 AND kind = $2
       AND created_at >= COALESCE($3, created_at) AND created_at <= COALESCE($4, created_at)`,
      [this.#standIn.gateway, kind, from ?? null, until ?? null],
    );
    return Number(rows[0]?.count ?? 0);
  }

  /**
   * Writes an object, new or changed. `dueAt`: when `StandIn.due` is called for it, by the gateway's
   * clock; left out: never.
   */
  async save(
    kind: string,
    id: string,
    data: object,
    { parent, dueAt }: { parent?: string; dueAt?: Date } = {},
  ): Promise<void> {
    const ledger = this.#standIn.ledgerOf(kind, data as Data);
    await this.#client.query(
      `INSERT INTO sandbox.objects AS o (gateway, kind, id, parent, data, due_at, created_at, role, state,
         merchant_reference, charge_id, amount_minor, captured_minor, refunded_minor, currency)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
       ON CONFLICT (gateway, kind, id) DO UPDATE SET parent = COALESCE(EXCLUDED.parent, o.parent),
         data = EXCLUDED.data, due_at = EXCLUDED.due_at, role = EXCLUDED.role, state = EXCLUDED.state,
         merchant_reference = EXCLUDED.merchant_reference, charge_id = EXCLUDED.charge_id,
         amount_minor = EXCLUDED.amount_minor, captured_minor = EXCLUDED.captured_minor,
         refunded_minor = EXCLUDED.refunded_minor, currency = EXCLUDED.currency`,
      [
        this.#standIn.gateway,
        kind,
        id,
        parent ?? null,
        JSON.stringify(data),
        dueAt ?? null,
        this.#now,
        ledger?.role ?? null,
        ledger?.state ?? null,
        ledger?.merchantReference ?? null,
        ledger?.chargeId ?? null,
        ledger?.amountMinor ?? null,
        ledger?.capturedMinor ?? null,
        ledger?.refundedMinor ?? null,
        ledger?.currency ?? null,
      ],
    );
  }

  /** Kinds and ids of what has come to its time. */
  async due(): Promise<{ kind: string; id: string }[]> {
    const { rows } = await this.#client.query<{ kind: string; id: string }>(
      "SELECT kind, id FROM sandbox.objects WHERE gateway = $1 AND due_at <= $2 ORDER BY due_at LIMIT 100",
      [this.#standIn.gateway, this.#now],
    );
    return rows;
  }

  /** What was answered under an idempotency key, and a hash of what was asked; null: nothing yet. */
  async answerOf(key: string): Promise<(Repetition & { fingerprint: string }) | null> {
    const { rows } = await this.#client.query<Repetition & { fingerprint: string }>(
      "SELECT status, body, headers, fingerprint FROM sandbox.answers WHERE gateway = $1 AND key = $2",
      [this.#standIn.gateway, key],
    );
    return rows[0] ?? null;
  }

  /** Keeps an answer under its key, in the transaction that did the work. */
  async keepAnswer(
    key: string,
    fingerprint: string,
    { status, body, headers }: Reply,
  ): Promise<void> {
    await this.#client.query(
      `INSERT INTO sandbox.answers (gateway, key, fingerprint, status, body, headers)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [
        this.#standIn.gateway,
        key,
        fingerprint,
        status,
        JSON.stringify(body ?? null),
        JSON.stringify(headers ?? {}),
      ],
    );
  }
}
