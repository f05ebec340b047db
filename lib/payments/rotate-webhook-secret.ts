import type { Viewer } from "../domain/actor.ts";
import { invalidField, notFound, PaymentError } from "../domain/errors.ts";
import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import { lockConfiguration, setWebhookCiphertext } from "../db/configurations.ts";
import { openWebhookSecrets, sealWebhookSecrets } from "../gateways/secret-box.ts";
import { requireMoneyMover } from "./access.ts";

// What the gateway had signed with the secret of before arrives for a while yet.
const overlapMs = 24 * 3_600_000;
const minimumLength = 16;

/**
 * Makes another secret the one that a configuration's webhooks are signed with. Those of before stay good
 * for 24 hours, or for what is left of their time. Admin alone; the audit tells of it, without the secret.
 *
 * Throws `forbidden`, `not_found`, `invalid_request`, `conflict` (a configuration without stored keys).
 */
export async function rotateWebhookSecret(
  viewer: Viewer,
  command: { configurationId: number; secret: string },
): Promise<void> {
  requireMoneyMover(viewer);
  const { configurationId, secret } = command;
  if (secret.length < minimumLength) {
    throw invalidField("secret", `Enter at least ${minimumLength} characters.`);
  }
  await inTransaction(async (tx) => {
    const row = await lockConfiguration(tx, configurationId);
    if (!row) throw notFound();
    const { wrappedDataKey, masterKeyVersion, webhookCiphertext } = row;
    if (!wrappedDataKey || !masterKeyVersion) {
      throw new PaymentError("conflict", "This configuration has no stored keys.");
    }
    const key = { wrappedDataKey, masterKeyVersion };
    const known = webhookCiphertext
      ? openWebhookSecrets(configurationId, key, webhookCiphertext)
      : [];
    const now = new Date();
    const until = new Date(now.getTime() + overlapMs);
    const before = known
      .filter((one) => one.secret !== secret && (one.until === null || one.until > now))
      .map((one) => ({ secret: one.secret, until: one.until ?? until }));
    const secrets = [{ secret, until: null }, ...before];
    await setWebhookCiphertext(tx, row.id, sealWebhookSecrets(row.id, key, secrets));
    await recordAudit(tx, {
      entity: "configuration",
      entityId: String(row.id),
      action: "webhook_secret_rotated",
      actor: viewer,
      after: { good_secrets: secrets.length },
    });
  });
}
