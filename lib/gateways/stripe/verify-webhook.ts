import { z } from "zod";
import type { GatewayAccount, VerifiedWebhook } from "../gateway.ts";
import { constructEvent } from "./stripe-api.ts";

// How far from now the signed time of a webhook may be. The package lets any later time pass.
const toleranceS = 300;

const eventSchema = z.object({ id: z.string().min(1).max(255), livemode: z.boolean() });

/**
 * Checks a webhook of Stripe (docs.stripe.com/webhooks): HMAC-SHA256 over time and body, any of the `v1`
 * signatures, in constant time; and that the event is of the mode that the account is in. Null where
 * anything is amiss.
 */
export function verifyWebhook(
  { headers, body }: { headers: Headers; body: Uint8Array },
  { account, secret }: { account: Pick<GatewayAccount, "mode">; secret: string },
  now: Date,
): VerifiedWebhook | null {
  const header = headers.get("stripe-signature") ?? "";
  const signedAt = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1]);
  // An empty secret would be known to everybody.
  if (secret === "" || !(signedAt - now.getTime() / 1_000 <= toleranceS)) return null;
  try {
    const event: unknown = constructEvent(
      Buffer.from(body),
      header,
      secret,
      toleranceS,
      undefined,
      now.getTime(),
    );
    const { id, livemode } = eventSchema.parse(event);
    return livemode === (account.mode === "live") ? { eventId: id } : null;
  } catch {
    return null;
  }
}
