import { createHash } from "node:crypto";
import { findConfigurationsOf } from "../db/configurations.ts";
import { inTransaction } from "../db/client.ts";
import { insertWebhookEvent } from "../db/webhook-events.ts";
import { notFound, PaymentError } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import type { Gateway, GatewayAccount, VerifiedWebhook } from "../gateways/gateway.ts";
import { findGateway } from "../gateways/registry.ts";
import { sendJob } from "../jobs/send-job.ts";
import { log } from "../observability/log.ts";
import { gatewayAccount } from "../payments/gateway-account.ts";
import { countRejection } from "./count-rejections.ts";
import { inTurn } from "./turns.ts";

type RawRequest = { headers: Headers; bytes: Uint8Array };
type Key = { account: GatewayAccount; secret: string };
type Verified = VerifiedWebhook & { configurationId: number };

// What a gateway calls an event; nothing else can be kept or shown.
const eventIdPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * Takes in what a gateway sent: checks the signature over the very bytes and keeps them, with the job
 * that processes them, in one transaction. Nothing of it is understood here, so nothing in it can fail.
 * One that is known already changes nothing and is well received too. Throws `not_found` where the
 * gateway sends none, `webhooks_closed` where none of its secrets is set, and `bad_signature`.
 */
export async function receiveWebhook(name: GatewayName, request: RawRequest): Promise<void> {
  const webhooks = findGateway(name)?.webhooks;
  if (!webhooks) throw notFound();
  await inTurn(request.bytes.byteLength, () => takeIn(name, webhooks, request));
}

async function takeIn(
  name: GatewayName,
  webhooks: NonNullable<Gateway["webhooks"]>,
  request: RawRequest,
): Promise<void> {
  const keys = await keysOf(name);
  if (keys.length === 0) {
    countRejection(name, "closed");
    throw new PaymentError(
      "webhooks_closed",
      `Webhooks of the ${name} gateway are not taken: no webhook secret is configured.`,
    );
  }
  const verified = await verify(webhooks, request, keys);
  if (!verified) {
    countRejection(name, "bad_signature");
    throw new PaymentError("bad_signature", "The signature of this webhook does not hold.");
  }
  await store(name, verified, request.bytes);
}

/**
 * The webhook secrets of every configuration, the inactive ones too: a gateway tells of old payments for
 * years. One whose secrets do not open is left out; the others go on.
 */
async function keysOf(name: GatewayName): Promise<Key[]> {
  const configurations = await findConfigurationsOf(name);
  return configurations.flatMap((configuration) => {
    try {
      const account = gatewayAccount(configuration);
      return account.webhookSecrets
        .filter((secret) => secret !== "")
        .map((secret) => ({ account, secret }));
    } catch {
      // Told to the log where it was opened.
      return [];
    }
  });
}

/** Every secret is tried, whichever holds: the time it takes says nothing of how near a forgery came. */
async function verify(
  webhooks: NonNullable<Gateway["webhooks"]>,
  { headers, bytes }: RawRequest,
  keys: readonly Key[],
): Promise<Verified | null> {
  const now = new Date();
  let found: Verified | null = null;
  for (const { account, secret } of keys) {
    const verified = await webhooks.verify({ headers, body: bytes }, { account, secret }, now);
    if (verified && !found) found = { ...verified, configurationId: account.configurationId };
  }
  return found && eventIdPattern.test(found.eventId) ? found : null;
}

async function store(
  gateway: GatewayName,
  { eventId, configurationId }: Verified,
  bytes: Uint8Array,
): Promise<void> {
  const body = new Uint8Array(bytes);
  const bodySha256 = new Uint8Array(createHash("sha256").update(body).digest());
  const isNew = await inTransaction(async (tx) => {
    const event = { gateway, configurationId, eventId, body, bodySha256 };
    const webhookEventId = await insertWebhookEvent(tx, event);
    if (webhookEventId === null) return false;
    await sendJob(tx, "process-webhook", { webhookEventId, replayedById: null });
    return true;
  });
  log.info(isNew ? "took in a webhook" : "a webhook came again", { gateway, eventId });
}
