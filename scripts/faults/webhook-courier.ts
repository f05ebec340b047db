/** Delivers what the dummy gateway has to tell, as badly as networks and strangers do. */
import { createHmac, randomBytes } from "node:crypto";
import type { ApiClient, Reply } from "./api-client.ts";
import type { FaultDatabase } from "./fault-database.ts";
import type { Random } from "./random.ts";

export type CourierEvent = { id: number; eventId: string; body: string };

const path = "/api/payment/webhooks/dummy/";

export class WebhookCourier {
  readonly #database: FaultDatabase;
  readonly #api: ApiClient;

  constructor(database: FaultDatabase, api: ApiClient) {
    this.#database = database;
    this.#api = api;
  }

  /** Events that were not delivered, oldest first; those about one payment, or all. */
  async waiting(transactionId?: string): Promise<CourierEvent[]> {
    const rows = await this.#database.rows<{ id: number; eventId: string; payload: unknown }>(
      `SELECT id, event_id AS "eventId", payload FROM dummy_events
       WHERE delivered_at IS NULL AND ($1::text IS NULL OR payload::text LIKE '%' || $1 || '%')
       ORDER BY id LIMIT 500`,
      [transactionId ?? null],
    );
    return rows.map(({ payload, ...row }) => ({ ...row, body: JSON.stringify(payload) }));
  }

  async #secret(): Promise<string> {
    const [row] = await this.#database.rows<{ secret: string }>(
      'SELECT webhook_secret AS "secret" FROM dummy_accounts LIMIT 1',
    );
    if (!row) throw new Error("the dummy gateway has no account");
    return row.secret;
  }

  /** Sends one event, right unless something of it is made wrong. */
  async send(
    { eventId, body }: Pick<CourierEvent, "eventId" | "body">,
    wrong: { secret?: string; atMs?: number; tampered?: string } = {},
  ): Promise<Reply> {
    const timestamp = String(Math.floor((wrong.atMs ?? Date.now()) / 1_000));
    const key = Buffer.from(
      (wrong.secret ?? (await this.#secret())).replace("whsec_", ""),
      "base64",
    );
    const signature = createHmac("sha256", key)
      .update(`${eventId}.${timestamp}.${body}`)
      .digest("base64");
    return this.#api.call(null, path, {
      method: "POST",
      body: wrong.tampered ?? body,
      headers: {
        "webhook-id": eventId,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      },
    });
  }

  forge(event: CourierEvent): Promise<Reply> {
    return this.send(event, { secret: `whsec_${randomBytes(24).toString("base64")}` });
  }

  /** The gateway stops sending an event once it was taken. */
  async markDelivered(event: CourierEvent): Promise<void> {
    await this.#database.rows(
      "UPDATE dummy_events SET delivered_at = now(), next_attempt_at = NULL WHERE id = $1",
      [event.id],
    );
  }

  async deliver(event: CourierEvent): Promise<boolean> {
    const reply = await this.send(event);
    if (reply.status === 200) await this.markDelivered(event);
    return reply.status === 200;
  }

  /** One round over what waits: shuffled, some twice, some later, some forged on the way. */
  async round(random: Random): Promise<void> {
    const events = await this.waiting().catch(() => []);
    for (const event of random.shuffled(events)) {
      if (random.chance(0.2)) continue;
      if (random.chance(0.1)) await this.forge(event);
      if (random.chance(0.2)) await this.send(event).catch(() => undefined);
      await this.deliver(event).catch(() => false);
    }
  }
}
