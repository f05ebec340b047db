/** Everything that a fault run plays with, and what its scenarios have in common. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient, Reply } from "./api-client.ts";
import type { DatabaseProxy } from "./database-proxy.ts";
import type { FaultDatabase, StopMode } from "./fault-database.ts";
import type { FaultServer } from "./fault-server.ts";
import type { MessageReceiver } from "./message-receiver.ts";
import { Model, type Payment } from "./model.ts";
import type { Random } from "./random.ts";
import type { WebhookCourier } from "./webhook-courier.ts";

export const admin = "admin@example.com";
export const shopper = "shopper@example.com";
const setupPatienceMs = 40_000;

/** Something was not as it must be. */
export class Violation extends Error {}

export function claim(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Violation(message);
}

/** Waits for what a barrier shows. */
export async function until(
  what: string,
  look: () => Promise<boolean>,
  patienceMs = 9_000,
): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < patienceMs;) {
    if (await look().catch(() => false)) return;
    await sleep(15);
  }
  throw new Violation(`it never came to be: ${what}`);
}

export function money(minor: bigint): string {
  return `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
}

export type GatewayFault = { mode: string; times: number; delayMs?: number };

export type Parts = {
  database: FaultDatabase;
  proxy: DatabaseProxy;
  server: FaultServer;
  /** Another server process on the same database, started by the scenarios that want two. */
  second: FaultServer;
  api: ApiClient;
  /** The second server's. */
  otherApi: ApiClient;
  receiver: MessageReceiver;
  courier: WebhookCourier;
};

export class World {
  readonly database: FaultDatabase;
  readonly proxy: DatabaseProxy;
  readonly server: FaultServer;
  readonly second: FaultServer;
  readonly api: ApiClient;
  readonly otherApi: ApiClient;
  readonly receiver: MessageReceiver;
  readonly courier: WebhookCourier;
  /** What the clients of this seed know. */
  readonly model = new Model();
  readonly random: Random;
  /** The scenario that runs. */
  scenario = "";

  constructor(parts: Parts, random: Random) {
    ({
      database: this.database,
      proxy: this.proxy,
      server: this.server,
      second: this.second,
      api: this.api,
      otherApi: this.otherApi,
      receiver: this.receiver,
      courier: this.courier,
    } = parts);
    this.random = random;
  }

  /** An order with an intent to pay it; tries for as long as something is broken. */
  async newPayment(asked: { amountMinor?: bigint; card?: string } = {}): Promise<Payment> {
    const amountMinor = asked.amountMinor ?? BigInt(this.random.between(500, 90_000));
    const order = await this.#made("/api/orders/", admin, {
      user_email: shopper,
      currency: "USD",
      items: [{ name: "Part", unit_amount: money(amountMinor), quantity: 1 }],
    });
    const intent = await this.#made("/api/payment/create-intent/", shopper, {
      order_id: order["id"],
      gateway: "dummy",
    });
    const payment: Payment = {
      scenario: this.scenario,
      orderNumber: String(order["order_number"]),
      orderId: Number(order["id"]),
      amountMinor,
      transactionId: String(intent["transaction_id"]),
      card: asked.card,
      replies: [],
      refunds: [],
    };
    return this.model.add(payment);
  }

  async #made(path: string, email: string, body: unknown): Promise<Record<string, unknown>> {
    let key = randomUUID();
    for (const startedAt = Date.now(); ;) {
      const reply = await this.api.call(email, path, { body, key });
      if (reply.status === 201 || reply.status === 200) return reply.body;
      // Its first call died and holds the key for a minute: this client is in a hurry.
      if (reply.body["code"] === "request_in_progress") key = randomUUID();
      const isHopeless = reply.verdict === "fail";
      if (isHopeless || Date.now() - startedAt > setupPatienceMs) {
        throw new Violation(`${path} gave ${reply.status ?? "no answer"}: ${reply.text}`);
      }
      await sleep(100);
    }
  }

  async pay(
    payment: Payment,
    {
      key,
      via = this.api,
      leaving,
    }: { key?: string | undefined; via?: ApiClient; leaving?: AbortSignal } = {},
  ): Promise<Reply> {
    const data = payment.card === undefined ? {} : { payment_data: cardData(payment.card) };
    const reply = await via.call(shopper, "/api/payment/process/", {
      body: { transaction_id: payment.transactionId, payment_method: "card", ...data },
      key,
      leaving,
    });
    payment.replies.push(reply);
    return reply;
  }

  async refund(
    payment: Payment,
    {
      amountMinor,
      key,
      via = this.api,
    }: { amountMinor?: bigint; key?: string; via?: ApiClient } = {},
  ): Promise<Reply> {
    let attempt =
      key === undefined ? undefined : payment.refunds.find((known) => known.key === key);
    if (!attempt) {
      attempt = { key, amountMinor: amountMinor ?? null, replies: [] };
      payment.refunds.push(attempt);
    }
    const reply = await via.call(admin, "/api/payment/refund/", {
      body: {
        transaction_id: payment.transactionId,
        ...(amountMinor === undefined ? {} : { amount: money(amountMinor) }),
      },
      key,
    });
    attempt.replies.push(reply);
    return reply;
  }

  /** A payment that is paid, for what comes after. */
  async newPaid(amountMinor?: bigint): Promise<Payment> {
    const payment = await this.newPayment(amountMinor === undefined ? {} : { amountMinor });
    const reply = await this.pay(payment);
    claim(reply.status === 200, `a payment for the scenario gave ${reply.status}: ${reply.text}`);
    return payment;
  }

  async statusOf(payment: Payment): Promise<string> {
    const reply = await this.api.call(admin, `/api/payment/transactions/${payment.transactionId}/`);
    return String(reply.body["status"]);
  }

  /** Has the gateway do that wrong with the next calls that move money. */
  async arrange({ mode, times, delayMs = 0 }: GatewayFault): Promise<void> {
    await this.database.rows(
      "INSERT INTO dummy_faults (mode, remaining, delay_ms) VALUES ($1, $2, $3)",
      [mode, times, delayMs],
    );
  }

  async clearGateway(): Promise<void> {
    await this.database.rows("DELETE FROM dummy_faults");
  }

  /** How many statements of the server wait for a lock. */
  async waiters(): Promise<number> {
    const [row] = await this.database.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND application_name = 'tollbooth'`,
    );
    return row?.n ?? 0;
  }

  /** Ends the sessions that a dead server left waiting, so that what they wait to do is never done. */
  async endWaiters(): Promise<void> {
    await this.database.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND application_name = 'tollbooth'`,
    );
  }

  async count(text: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.database.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${text}`,
      values,
    );
    return row?.n ?? 0;
  }

  /** Calls of the gateway that arrived and were not answered, of that fault. */
  openCalls(mode: string): Promise<number> {
    return this.count(
      "dummy_calls WHERE fault = $1 AND answered_at IS NULL AND at > now() - interval '20 seconds'",
      [mode],
    );
  }

  chargeCalls({ transactionId }: Payment): Promise<number> {
    return this.count("dummy_calls WHERE verb = 'charge' AND merchant_reference = $1", [
      transactionId,
    ]);
  }

  async killAndRestart(whileDown: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.server.kill();
    await whileDown();
    await this.server.start();
  }

  async restartDatabase(mode: StopMode): Promise<void> {
    await this.database.restart(mode);
    this.proxy.pointTo(this.database.port);
  }

  /** Milliseconds until the server answers reads again, `inARow` of them. */
  async healed(inARow = 10): Promise<number> {
    const startedAt = performance.now();
    for (let good = 0; good < inARow;) {
      const reply = await this.api.call(shopper, "/api/payment/transactions/?limit=1");
      good = reply.status === 200 ? good + 1 : 0;
      claim(performance.now() - startedAt < 40_000, "the server did not heal within 40 s");
      if (reply.status !== 200) await sleep(100);
    }
    return Math.round(performance.now() - startedAt);
  }
}

function cardData(number: string): Record<string, string> {
  return { card_number: number, expiry_month: "12", expiry_year: "2030", cvv: "123" };
}
