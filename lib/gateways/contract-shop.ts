// The shop's side in the gateways' contract: asks an adapter as the payment flow does, and keeps all that
// was said, so that the suite can look for secrets in it.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { processGlobal } from "../process-global.ts";
import type { Harness, Payment } from "./contract-harness.ts";
import {
  noAnswer,
  type CaptureRequest,
  type GatewayAccount,
  type GatewayEvent,
  type LookupOutcome,
  type Outcome,
  type RefundRequest,
} from "./gateway.ts";

type Taken = Extract<Outcome, { kind: "succeeded" | "authorized" }>;
export type Paid = { payment: Payment; outcome: Taken };

export const amountMinor = 15_000n;

const hex = (): string => randomBytes(6).toString("hex").toUpperCase();
export const newKey = (): string => `tb-${hex()}`;

/** Long enough ago that nothing is still on its way. */
const aMinuteAgo = (): Date => new Date(Date.now() - 60_000);

export class Shop {
  readonly harness: Harness;
  readonly #said: string[] = [];

  constructor(harness: Harness) {
    this.harness = harness;
    // Before anything is logged: what would go to the process's output is kept here.
    processGlobal("log", () =>
      pino(
        { level: "trace", base: null, timestamp: false },
        { write: (line: string) => void this.#said.push(line) },
      ),
    );
  }

  /** Everything that outcomes, errors and the log said until now. */
  get said(): string {
    return this.#said.join("\n");
  }

  /** Waits for what a call comes to, no longer than the shop would, and keeps it. */
  async heard<T>(call: Promise<T>): Promise<T | { kind: "unknown"; detail: string }> {
    const { patienceMs } = this.harness.facts;
    const late = { kind: "unknown", detail: noAnswer } as const;
    try {
      const answer = await (patienceMs === undefined
        ? call
        : Promise.race([call, sleep(patienceMs, late)]));
      this.#said.push(inWords(answer));
      return answer;
    } catch (error) {
      this.#said.push(error instanceof Error ? `${error.message} ${error.stack ?? ""}` : "");
      throw error;
    }
  }

  /** A payment of which the gateway knows, and that nobody has paid. */
  async prepared(over: Partial<Payment> = {}): Promise<Payment> {
    const request: Payment = {
      merchantReference: `TXN-${hex()}`,
      amountMinor,
      currency: this.harness.facts.currency,
      captureMethod: "automatic",
      returnUrl: "http://127.0.0.1:1/checkout/ORD-000001?transaction=x",
      intentReference: null,
      gatewayKey: newKey(),
      shopperEmail: "shopper@example.com",
      orderNumber: "ORD-000001",
      awaitsShopper: false,
      openedAt: aMinuteAgo(),
      payment: { card: null, fields: {} },
      ...over,
    };
    const { gateway } = this.harness;
    const outcome = await this.heard(gateway.prepare(this.harness.account(), request));
    if (outcome.kind !== "prepared") throw new Error(`prepare: ${inWords(outcome)}`);
    return { ...request, intentReference: outcome.intentReference };
  }

  /** One whose shopper has done what comes before the charge. */
  async approved(over: Partial<Payment> = {}): Promise<Payment> {
    const payment = await this.prepared(over);
    return { ...payment, payment: await this.harness.approve(payment) };
  }

  charge(payment: Payment, account: GatewayAccount = this.harness.account()): Promise<Outcome> {
    return this.heard(this.harness.gateway.charge(account, payment));
  }

  lookup(payment: Payment, over: Partial<Payment> = {}): Promise<LookupOutcome> {
    // Somebody else asks: what the shopper's browser brought is gone.
    const asked = { ...payment, payment: { card: null, fields: {} }, ...over };
    return this.heard(this.harness.gateway.lookupCharge(this.harness.account(), asked));
  }

  cancel(payment: Payment): Promise<Outcome> {
    const asked = { ...payment, awaitsShopper: true };
    return this.heard(this.harness.gateway.cancelCharge(this.harness.account(), asked));
  }

  /** A payment whose money is taken, or held where that is asked for. */
  async paid(over: Partial<Payment> = {}): Promise<Paid> {
    const payment = await this.approved(over);
    const outcome = await this.charge(payment);
    if (outcome.kind !== "succeeded" && outcome.kind !== "authorized") {
      throw new Error(`charge: ${inWords(outcome)}`);
    }
    return { payment, outcome };
  }

  refundOf({ payment, outcome }: Paid, over: Partial<RefundRequest> = {}): RefundRequest {
    return {
      gatewayKey: newKey(),
      merchantReference: `REF-${hex()}`,
      chargeReference: outcome.reference,
      intentReference: payment.intentReference,
      refundReference: null,
      amountMinor: payment.amountMinor,
      currency: payment.currency,
      openedAt: aMinuteAgo(),
      ...over,
    };
  }

  sendRefund(request: RefundRequest, account = this.harness.account()): Promise<Outcome> {
    return this.heard(this.harness.gateway.refund(account, request));
  }

  lookupRefund(request: RefundRequest): Promise<LookupOutcome> {
    return this.heard(this.harness.gateway.lookupRefund(this.harness.account(), request));
  }

  /** A refund to its end, where the gateway takes some time for it. */
  async refund(request: RefundRequest): Promise<LookupOutcome> {
    return this.ended(request, await this.sendRefund(request));
  }

  async ended(request: RefundRequest, outcome: LookupOutcome): Promise<LookupOutcome> {
    if (outcome.kind !== "pending") return outcome;
    await this.harness.advance(10);
    return this.lookupRefund({ ...request, refundReference: outcome.reference });
  }

  holdMove({ payment, outcome }: Paid, over: Partial<CaptureRequest> = {}): CaptureRequest {
    return {
      gatewayKey: newKey(),
      merchantReference: payment.merchantReference,
      chargeReference: outcome.reference,
      intentReference: payment.intentReference,
      amountMinor: payment.amountMinor,
      currency: payment.currency,
      ...over,
    };
  }

  /** What the webhooks say that wait to be delivered. Each must be signed, and is dropped after. */
  async told(): Promise<GatewayEvent[]> {
    const { webhooks } = this.harness.gateway;
    if (!webhooks) return [];
    const deliveries = await this.harness.deliveries();
    return Promise.all(
      deliveries.map(async ({ headers, body }) => {
        const account = this.harness.account();
        const secret = account.webhookSecrets[0] ?? "";
        const held = await webhooks.verify({ headers, body }, { account, secret }, new Date());
        if (held === null) throw new Error("a webhook's signature does not hold");
        const { event } = webhooks.translate(body);
        this.#said.push(inWords(event));
        return event;
      }),
    );
  }
}

function inWords(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "bigint" ? part.toString() : part,
  );
}
