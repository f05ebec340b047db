/** A real gateway's stand-in from behind: its tables in the schema `sandbox`, and its control port. */
import type { RemoteGateway } from "#lib/gateways/endpoints";
import {
  truthFrom,
  type Act,
  type BookRow,
  type BookTruth,
  type GatewayFault,
  type GatewaySide,
  type PayWay,
  type Query,
} from "./gateway-side.ts";
import type { Sandbox } from "./sandbox.ts";

/** How shoppers pay there. */
const ways: Readonly<Record<RemoteGateway, readonly PayWay[]>> = {
  stripe: ["server", "server", "page", "told"],
  paypal: ["page", "told"],
  razorpay: ["page", "told"],
  flutterwave: ["page", "told"],
};

// A webhook whose next try is further away than this is tried at once.
const soonS = 2;

export class SandboxSide implements GatewaySide {
  readonly gateway: RemoteGateway;
  readonly currency: string;
  readonly #query: Query;
  readonly #sandbox: Sandbox;
  /** The last call that had come when a fault was arranged. */
  #arrangedAfter = "0";

  constructor(gateway: RemoteGateway, query: Query, sandbox: Sandbox) {
    this.gateway = gateway;
    this.currency = gateway === "razorpay" ? "INR" : "USD";
    this.#query = query;
    this.#sandbox = sandbox;
  }

  get ways(): readonly PayWay[] {
    return ways[this.gateway];
  }

  get isCharged(): boolean {
    return this.gateway !== "flutterwave";
  }

  get canHold(): boolean {
    return this.gateway === "stripe" || this.gateway === "paypal";
  }

  async arrange({ mode, times, delayMs = 0 }: GatewayFault): Promise<void> {
    const [last] = await this.#query<{ id: string }>(
      "SELECT COALESCE(MAX(id), 0)::text AS id FROM sandbox.calls",
    );
    this.#arrangedAfter = last?.id ?? "0";
    await this.#query(
      "INSERT INTO sandbox.faults (gateway, mode, remaining, delay_ms) VALUES ($1, $2, $3, $4)",
      [this.gateway, mode, times, delayMs],
    );
  }

  async clear(): Promise<void> {
    await this.#query("DELETE FROM sandbox.faults WHERE gateway = $1", [this.gateway]);
  }

  async #count(text: string, values: unknown[]): Promise<number> {
    const [row] = await this.#query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${text}`,
      values,
    );
    return row?.n ?? 0;
  }

  openCalls(mode: string): Promise<number> {
    return this.#count(
      // A slow answer is counted as given from its first byte on.
      `sandbox.calls WHERE gateway = $1 AND fault = $2 AND id > $3
         AND (status IS NULL OR fault = 'slow_body')`,
      [this.gateway, mode, this.#arrangedAfter],
    );
  }

  met(mode: string): Promise<number> {
    return this.#count("sandbox.calls WHERE gateway = $1 AND fault = $2 AND id > $3", [
      this.gateway,
      mode,
      this.#arrangedAfter,
    ]);
  }

  faultsLeft(): Promise<number> {
    return this.#count("sandbox.faults WHERE gateway = $1 AND remaining > 0", [this.gateway]);
  }

  chargeCalls(transactionId: string): Promise<number> {
    // A capture names the order or the payment; a refund is another path.
    return this.#count(
      `sandbox.calls c WHERE c.gateway = $1 AND c.moves_money AND c.path NOT LIKE '%refund%' AND EXISTS (
         SELECT 1 FROM sandbox.objects o WHERE o.gateway = $1 AND o.merchant_reference = $2
           AND (strpos(c.path, o.id) > 0 OR strpos(c.path, o.charge_id) > 0))`,
      [this.gateway, transactionId],
    );
  }

  refundsInBook(transactionId: string): Promise<number> {
    return this.#count(
      `sandbox.objects r WHERE r.gateway = $1 AND r.role = 'refund' AND EXISTS (
         SELECT 1 FROM sandbox.objects c WHERE c.gateway = $1 AND c.role = 'charge'
           AND c.merchant_reference = $2 AND c.charge_id = r.charge_id)`,
      [this.gateway, transactionId],
    );
  }

  async truth(transactionId: string): Promise<BookTruth> {
    const [row] = await this.#query<BookRow>(
      `WITH charges AS (
         SELECT * FROM sandbox.objects WHERE gateway = $1 AND role = 'charge'
           AND merchant_reference = $2 AND captured_minor > 0)
       SELECT
         COALESCE((SELECT json_agg(json_build_array(charge_id, captured_minor::text, refunded_minor::text))
           FROM charges), '[]') AS charges,
         COALESCE((SELECT json_agg(json_build_array(merchant_reference, amount_minor::text))
           FROM sandbox.objects WHERE gateway = $1 AND role = 'refund' AND state = 'succeeded'
             AND charge_id IN (SELECT charge_id FROM charges)), '[]') AS refunds`,
      [this.gateway, transactionId],
    );
    return truthFrom(row);
  }

  act(act: Act): ReturnType<Sandbox["act"]> {
    return this.#sandbox.act(this.gateway, act);
  }

  async untold(): Promise<string[]> {
    const rows = await this.#query<{ what: string }>(
      `WITH hurried AS (
         UPDATE sandbox.events SET next_attempt_at = now()
         WHERE gateway = $1 AND next_attempt_at > now() + $2 * interval '1 second')
       SELECT 'event ' || id || ' (' || type || ') of ' || gateway AS what FROM sandbox.events
       WHERE gateway = $1 AND next_attempt_at IS NOT NULL
       UNION ALL
       SELECT kind || ' ' || id || ' of ' || gateway || ' is due' FROM sandbox.objects, sandbox.clock
       WHERE gateway = $1 AND role IS NOT NULL
         AND due_at < now() + (offset_s + 15) * interval '1 second'
       UNION ALL
       SELECT o.merchant_reference || ' is paid at ' || o.gateway || ' and not known here'
       FROM sandbox.objects o JOIN transactions t ON t.transaction_id = o.merchant_reference
       WHERE o.gateway = $1 AND o.role = 'charge' AND o.captured_minor > 0 AND t.captured_minor = 0`,
      [this.gateway, soonS],
    );
    return rows.map(({ what }) => what);
  }
}
