/** The dummy gateway from behind: its own tables. */
import {
  truthFrom,
  type Act,
  type BookRow,
  type BookTruth,
  type GatewayFault,
  type GatewaySide,
  type Query,
} from "./gateway-side.ts";
import type { Sandbox } from "./sandbox.ts";

export class DummySide implements GatewaySide {
  readonly gateway = "dummy";
  readonly currency = "USD";
  readonly ways = ["server"] as const;
  readonly isCharged = true;
  readonly canHold = true;
  readonly #query: Query;
  readonly #sandbox: Sandbox;

  constructor(query: Query, sandbox: Sandbox) {
    this.#query = query;
    this.#sandbox = sandbox;
  }

  async arrange({ mode, times, delayMs = 0 }: GatewayFault): Promise<void> {
    await this.#query("INSERT INTO dummy_faults (mode, remaining, delay_ms) VALUES ($1, $2, $3)", [
      mode,
      times,
      delayMs,
    ]);
  }

  async clear(): Promise<void> {
    await this.#query("DELETE FROM dummy_faults");
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
      "dummy_calls WHERE fault = $1 AND answered_at IS NULL AND at > now() - interval '20 seconds'",
      [mode],
    );
  }

  met(mode: string): Promise<number> {
    return this.#count("dummy_calls WHERE fault = $1 AND at > now() - interval '20 seconds'", [
      mode,
    ]);
  }

  faultsLeft(): Promise<number> {
    return this.#count("dummy_faults WHERE remaining > 0", []);
  }

  chargeCalls(transactionId: string): Promise<number> {
    return this.#count("dummy_calls WHERE verb = 'charge' AND merchant_reference = $1", [
      transactionId,
    ]);
  }

  refundsInBook(transactionId: string): Promise<number> {
    return this.#count(
      "dummy_refunds r JOIN dummy_charges c ON c.reference = r.charge_reference WHERE c.merchant_reference = $1",
      [transactionId],
    );
  }

  async truth(transactionId: string): Promise<BookTruth> {
    const [row] = await this.#query<BookRow>(
      `SELECT
         COALESCE((SELECT json_agg(json_build_array(reference, captured_minor::text, refunded_minor::text))
           FROM dummy_charges WHERE merchant_reference = $1 AND captured_minor > 0), '[]') AS charges,
         COALESCE((SELECT json_agg(json_build_array(r.merchant_reference, r.amount_minor::text))
           FROM dummy_refunds r JOIN dummy_charges c ON c.reference = r.charge_reference
           WHERE c.merchant_reference = $1 AND r.state = 'succeeded'), '[]') AS refunds`,
      [transactionId],
    );
    return truthFrom(row);
  }

  act(act: Act): ReturnType<Sandbox["act"]> {
    return this.#sandbox.act(this.gateway, act);
  }

  async untold(): Promise<string[]> {
    const rows = await this.#query<{ what: string }>(
      "SELECT 'event ' || event_id || ' of the dummy gateway' AS what FROM dummy_events WHERE delivered_at IS NULL",
    );
    return rows.map(({ what }) => what);
  }
}
