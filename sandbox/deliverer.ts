/** Delivers the stand-ins' events to the shop, at least once each, as badly as they are told to. */
import { randomBytes } from "node:crypto";
import { log } from "#lib/observability/log";
import { credentialsOf } from "./credentials.ts";
import type { StandInServer } from "./stand-in-server.ts";
import { webhookFaultModes } from "#lib/sandbox/choices";
import { type Fault, type World } from "./world.ts";

const maxAtOnce = 10;
const answerTimeoutMs = 10_000;
// Longer than one delivery takes, its copies included.
const leaseS = 45;
const delayMs = 5_000;
// A held event goes out after the next one, and at last by itself.
const heldAtMostS = 30;
const giveUpAfterTries = 40;
const backoffS = [1, 5, 30, 120, 600, 1_800, 3_600];

type DueEvent = { id: string; payload: Record<string, unknown>; attempts: number };

export class Deliverer {
  readonly #world: World;
  readonly #server: StandInServer;
  readonly #url: string;
  readonly #underWay = new Set<Promise<void>>();
  /** Events that wait for a later one to arrive first. */
  readonly #held = new Set<string>();

  constructor(world: World, server: StandInServer, webhookUrl: string) {
    this.#world = world;
    this.#server = server;
    this.#url = webhookUrl;
  }

  /** Starts delivering what is due. Returns how many it took. */
  async deliverDue(): Promise<number> {
    if (this.#underWay.size >= maxAtOnce) await Promise.race(this.#underWay);
    const { rows } = await this.#world.pool.query<DueEvent>(
      `UPDATE sandbox.events SET attempts = attempts + 1, next_attempt_at = now() + $3 * interval '1 second'
       WHERE (gateway, id) IN (
         SELECT gateway, id FROM sandbox.events WHERE gateway = $1 AND next_attempt_at <= now()
         ORDER BY next_attempt_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id, payload, attempts`,
      [this.#server.standIn.gateway, maxAtOnce - this.#underWay.size, leaseS],
    );
    for (const event of rows) {
      // In their order, so that a fault meets the event that comes next.
      const fault =
        event.attempts === 1
          ? await this.#world.takeFault(this.#server.standIn.gateway, webhookFaultModes)
          : null;
      if (await this.#holdBack(event, fault)) continue;
      const work = this.#deliver(event, fault)
        .catch((error: unknown) => log.warn("an event was not delivered", { error }))
        .finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    }
    return rows.length;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #holdBack({ id }: DueEvent, fault: Fault | null): Promise<boolean> {
    switch (fault?.mode) {
      case "drop":
        await this.#mark(id, null, false);
        return true;
      case "delay":
        await this.#mark(id, (fault.delayMs || delayMs) / 1_000);
        return true;
      case "reorder":
        this.#held.add(id);
        await this.#mark(id, heldAtMostS);
        return true;
      default:
        return false;
    }
  }

  async #deliver(event: DueEvent, fault: Fault | null): Promise<void> {
    const { standIn } = this.#server;
    const { webhookSecret } = credentialsOf(standIn.gateway);
    const send = (payload: DueEvent["payload"], secret: string): Promise<boolean> =>
      this.#post(event.id, payload, secret);
    if (fault?.mode === "forge")
      await send(standIn.forge(event.payload), randomBytes(24).toString("hex"));
    const arrived = await send(event.payload, webhookSecret);
    if (!arrived) {
      const wait = backoffS[Math.min(event.attempts, backoffS.length) - 1] ?? 1;
      return this.#mark(event.id, event.attempts >= giveUpAfterTries ? null : wait, false);
    }
    await this.#mark(event.id, null);
    if (fault?.mode === "duplicate") {
      await Promise.all([send(event.payload, webhookSecret), send(event.payload, webhookSecret)]);
    }
    if (fault?.mode === "replay") await this.#replayOlder(event.id, webhookSecret);
    for (const held of this.#held) {
      this.#held.delete(held);
      await this.#mark(held, 0);
    }
  }

  async #replayOlder(id: string, secret: string): Promise<void> {
    const { rows } = await this.#world.pool.query<DueEvent>(
      `SELECT id, payload, attempts FROM sandbox.events
       WHERE gateway = $1 AND delivered_at IS NOT NULL AND id <> $2 ORDER BY random() LIMIT 1`,
      [this.#server.standIn.gateway, id],
    );
    if (rows[0]) await this.#post(rows[0].id, rows[0].payload, secret);
  }

  /** `againS` null: it is done with; else when it is tried again. */
  async #mark(id: string, againS: number | null, isDone = againS === null): Promise<void> {
    await this.#world.pool.query(
      `UPDATE sandbox.events SET next_attempt_at = now() + $3 * interval '1 second',
         delivered_at = CASE WHEN $4 THEN now() END
       WHERE gateway = $1 AND id = $2`,
      [this.#server.standIn.gateway, id, againS, isDone],
    );
  }

  /** True where the shop said that it has it. */
  async #post(eventId: string, payload: Record<string, unknown>, secret: string): Promise<boolean> {
    const { standIn, baseUrl } = this.#server;
    // The machine's own clock: what the shop holds a signature's time against.
    const { body, headers } = standIn.sign(payload, secret, { now: new Date(), baseUrl, eventId });
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
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
}
