/** Payments as clients make them while things break, by whichever gateway. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayName } from "#lib/domain/payment";
import type { ApiClient, Reply } from "./api-client.ts";
import { claim, Violation } from "./claims.ts";
import type { GatewayFault, GatewaySide, PayWay } from "./gateway-side.ts";
import { admin, Machinery, shopper, type Parts } from "./machinery.ts";
import { historyOf, Model, type Payment } from "./model.ts";
import type { Random } from "./random.ts";

const setupPatienceMs = 40_000;

function money(minor: bigint): string {
  return `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
}

type ProcessOptions = { key?: string | undefined; via?: ApiClient; leaving?: AbortSignal };

/** Payments, by one gateway, and what has been told of them. */
export class World extends Machinery {
  /** What the clients of this seed know. */
  readonly model: Model;
  readonly random: Random;
  /** The gateway that payments are made by here. */
  readonly side: GatewaySide;
  /** The scenario that runs. */
  scenario = "";

  constructor(parts: Parts, random: Random, gateway: GatewayName = "dummy", model = new Model()) {
    super(parts);
    this.random = random;
    this.side = this.sideAt(gateway);
    this.model = model;
  }

  /** The same world with payments by another gateway and chance of its own. */
  at(gateway: GatewayName): World {
    const world = new World(this.parts, this.random.fork(gateway), gateway, this.model);
    world.scenario = this.scenario;
    return world;
  }

  /** An order with an intent to pay it; tries for as long as something is broken. */
  async newPayment(
    asked: { amountMinor?: bigint; card?: string; way?: PayWay; isHeld?: boolean } = {},
  ): Promise<Payment> {
    const amountMinor = asked.amountMinor ?? BigInt(this.random.between(500, 90_000));
    const { currency, ways } = this.side;
    const order = await this.#made("/api/orders/", admin, {
      user_email: shopper,
      currency,
      items: [{ name: "Part", unit_amount: money(amountMinor), quantity: 1 }],
    });
    return this.#intent({
      orderNumber: String(order["order_number"]),
      orderId: Number(order["id"]),
      amountMinor,
      card: asked.card,
      isHeld: asked.isHeld ?? false,
      way: asked.way ?? this.random.pick(ways),
    });
  }

  /** Another payment of the same order, where the one before has ended. */
  newAttempt({ orderNumber, orderId, amountMinor }: Payment): Promise<Payment> {
    const way = this.random.pick(this.side.ways);
    const about = { orderNumber, orderId, amountMinor };
    return this.#intent({ ...about, card: undefined, isHeld: false, way });
  }

  async #intent(
    about: Pick<Payment, "orderNumber" | "orderId" | "amountMinor" | "card" | "isHeld" | "way">,
  ): Promise<Payment> {
    const { gateway } = this.side;
    const intent = await this.#made("/api/payment/create-intent/", shopper, {
      order_id: about.orderId,
      gateway,
      ...(about.isHeld ? { capture_method: "manual" } : {}),
    });
    return this.model.add({
      ...about,
      scenario: this.scenario,
      gateway,
      notes: [],
      transactionId: String(intent["transaction_id"]),
      replies: [],
      cancels: [],
      holdMoves: [],
      refunds: [],
    });
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

  /** The shopper pays, and says so to the shop: as often as it is called, but at the gateway once. */
  async pay(payment: Payment, asked: ProcessOptions = {}): Promise<Reply> {
    await this.payAtGateway(payment);
    return this.process(payment, asked);
  }

  /** What the shopper does at the gateway before `process`. */
  payAtGateway(payment: Payment): Promise<void> {
    payment.shopperPaid ??= (async () => {
      if (payment.way === "server") return;
      if (payment.way === "told") await this.process(payment);
      await this.act(payment, "pay");
    })();
    return payment.shopperPaid;
  }

  /** Something that happens to a payment on the gateway's side. True where it did. */
  async act(payment: Payment, act: string, amountMinor?: bigint): Promise<boolean> {
    const { status, text } = await this.sideAt(payment.gateway).act({
      act,
      transaction: payment.transactionId,
      ...(amountMinor === undefined ? {} : { amount: money(amountMinor) }),
    });
    payment.notes.push(`${new Date().toISOString()} act ${act}: ${status} ${text.slice(0, 160)}`);
    if (act === "pay" && status === 200) payment.isApproved = true;
    return status === 200;
  }

  async process(
    payment: Payment,
    { key, via = this.api, leaving }: ProcessOptions = {},
  ): Promise<Reply> {
    const data = paymentData(payment);
    const reply = await via.call(shopper, "/api/payment/process/", {
      body: {
        transaction_id: payment.transactionId,
        payment_method: "card",
        ...(data === undefined ? {} : { payment_data: data }),
      },
      key,
      leaving,
    });
    payment.replies.push(reply);
    return reply;
  }

  /** The shopper gives it up. */
  async cancel(payment: Payment): Promise<Reply> {
    const reply = await this.api.call(shopper, "/api/payment/cancel/", {
      body: { transaction_id: payment.transactionId },
    });
    payment.cancels.push(reply);
    return reply;
  }

  /** Staff take all of what is held, or release it. */
  async moveHold(payment: Payment, how: "capture" | "void"): Promise<Reply> {
    const reply = await this.api.call(admin, `/api/payment/${how}/`, {
      body: { transaction_id: payment.transactionId },
    });
    payment.holdMoves.push(reply);
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
    let reply = await this.pay(payment);
    // What the shop was told of just now it may be asking about.
    for (let tries = 0; tries < 20 && reply.verdict === "info"; tries += 1) {
      await sleep(250);
      reply = await this.process(payment);
    }
    claim(
      reply.verdict === "ok",
      `a payment for the scenario gave ${reply.status}: ${reply.text}\n${historyOf(payment)}`,
    );
    return payment;
  }

  async statusOf(payment: Payment): Promise<string> {
    const reply = await this.api.call(admin, `/api/payment/transactions/${payment.transactionId}/`);
    return String(reply.body["status"]);
  }

  /** Has the gateway do that wrong with the next calls that move money. */
  arrange(fault: GatewayFault): Promise<void> {
    return this.side.arrange(fault);
  }

  clearGateway(): Promise<void> {
    return this.side.clear();
  }

  async clearGateways(): Promise<void> {
    await Promise.all(this.parts.sides.map((side) => side.clear()));
  }

  /** Calls of the gateway that arrived and were not answered, of that fault. */
  openCalls(mode: string): Promise<number> {
    return this.side.openCalls(mode);
  }

  chargeCalls({ transactionId }: Payment): Promise<number> {
    return this.side.chargeCalls(transactionId);
  }
}

/** What comes with the call of `process`: a card at the dummy gateway, at Stripe one of its test cards. */
function paymentData({ gateway, way, card }: Payment): Record<string, string> | undefined {
  if (gateway === "stripe" && way === "server") return { payment_method: card ?? "pm_card_visa" };
  if (gateway !== "dummy" || card === undefined) return undefined;
  return { card_number: card, expiry_month: "12", expiry_year: "2030", cvv: "123" };
}
