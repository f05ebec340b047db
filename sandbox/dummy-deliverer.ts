/** Delivers the dummy gateway's events to the shop, at least once each, as badly as it is told to. */
import { randomBytes } from "node:crypto";
import { takeDummyFault } from "#lib/db/dummy-calls";
import { findDummyAccount } from "#lib/db/dummy-control";
import {
  claimDueEvents,
  findDeliveredBefore,
  markDelivered,
  sendEventLater,
  type DueEvent,
} from "#lib/db/dummy-events";
import { webhookFaultModes } from "#lib/sandbox/choices";
import { log } from "#lib/observability/log";
import { signatureHeaders } from "#lib/outbox/sign-message";

const maxAtOnce = 20;
const answerTimeoutMs = 10_000;
// Longer than one delivery takes, its copies included.
const leaseMs = 45_000;
const delayMs = 5_000;
// A held event goes out after the next one, and at last by itself.
const heldAtMostMs = 30_000;
const giveUpAfterMs = 3 * 24 * 3_600_000;
const backoffMs = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];

/** Where events go, and the secret that signs them. */
type Address = { webhookUrl: string; webhookSecret: string };
type Fault = { mode: string; delayMs: number } | null;

export class DummyDeliverer {
  readonly #underWay = new Set<Promise<void>>();
  /** Events that wait for a later one to arrive first. */
  readonly #held = new Set<number>();

  /** Starts delivering what is due, no more than 20 at once. Returns how many it took. */
  async deliverDue(): Promise<number> {
    if (this.#underWay.size >= maxAtOnce) await Promise.race(this.#underWay);
    const address = await findDummyAccount();
    if (!address) return 0;
    const room = maxAtOnce - this.#underWay.size;
    const events = await claimDueEvents(room, leaseMs);
    for (const event of events) {
      // In their order, so that a fault meets the event that comes next.
      const fault = event.attempts === 1 ? await takeDummyFault(webhookFaultModes) : null;
      if (await this.#holdBack(event, fault)) continue;
      this.#start(event, fault, address);
    }
    return events.length;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #start(event: DueEvent, fault: Fault, address: Address): void {
    const work = this.#deliver(event, fault, address)
      // Its lease runs out, and it is due again.
      .catch((error: unknown) => log.warn("an event was not delivered", { error }))
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #holdBack({ id }: DueEvent, fault: Fault): Promise<boolean> {
    switch (fault?.mode) {
      case "drop":
        await markDelivered(id);
        return true;
      case "delay":
        await sendEventLater(id, fault.delayMs || delayMs);
        return true;
      case "reorder":
        this.#held.add(id);
        await sendEventLater(id, heldAtMostMs);
        return true;
      default:
        return false;
    }
  }

  async #deliver(event: DueEvent, fault: Fault, address: Address): Promise<void> {
    if (fault?.mode === "forge") await post(forgeryOf(event), aSecret(), address.webhookUrl);
    const arrived = await post(event, address.webhookSecret, address.webhookUrl);
    if (!arrived) {
      const age = Date.now() - event.createdAt.getTime();
      const backoff = backoffMs[Math.min(event.attempts, backoffMs.length) - 1] ?? 0;
      return sendEventLater(event.id, age > giveUpAfterMs ? null : backoff);
    }
    await markDelivered(event.id);
    await this.#repeat(event, fault, address);
    await this.#release(event.id);
  }

  async #repeat(event: DueEvent, fault: Fault, address: Address): Promise<void> {
    const { webhookSecret, webhookUrl } = address;
    if (fault?.mode === "duplicate") {
      const copies = [event, event].map((copy) => post(copy, webhookSecret, webhookUrl));
      await Promise.all(copies);
    }
    if (fault?.mode === "replay") {
      await post((await findDeliveredBefore(event.id)) ?? event, webhookSecret, webhookUrl);
    }
  }

  async #release(arrivedId: number): Promise<void> {
    for (const id of [...this.#held].filter((held) => held < arrivedId)) {
      this.#held.delete(id);
      await sendEventLater(id, 0);
    }
  }
}

const aSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** The same event about another amount. */
function forgeryOf(event: DueEvent): DueEvent {
  const data = event.payload["data"] as Record<string, unknown>;
  return { ...event, payload: { ...event.payload, data: { ...data, amount_minor: "1" } } };
}

/** True where the shop said that it has it. */
async function post(event: DueEvent, secret: string, url: string): Promise<boolean> {
  const body = JSON.stringify(event.payload);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...signatureHeaders({ id: event.eventId, body, at: new Date() }, secret),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
