// PayPal's access tokens, one for each account in this process: asking for one with every call is rate
// limited. Source: developer.paypal.com/api/rest/authentication, /api/rest/reference/rate-limiting.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { GatewayAccount } from "../gateway.ts";
import { sendHttp } from "../send-http.ts";
import { processGlobal } from "../../process-global.ts";

export type TokenAnswer =
  | { kind: "token"; token: string }
  /** The client id and secret are not good. */
  | { kind: "refused" }
  | { kind: "unreachable"; detail: string };

type Account = Pick<GatewayAccount, "apiUrl" | "publicKey" | "secretKey">;
type Slot = {
  good: { token: string; until: number } | null;
  asking: Promise<TokenAnswer> | null;
};

// Fetched anew a little before it ends.
const marginMs = 120_000;
const answerSchema = z.object({
  access_token: z.string().min(1).max(8_192),
  expires_in: z.number().int().positive().max(31_536_000),
});

function slotOf({ apiUrl, publicKey, secretKey }: Account): Slot {
  const slots = processGlobal("paypal-tokens", () => new Map<string, Slot>());
  // With a new secret the old one's token is not used any more.
  const key = createHash("sha256").update(`${apiUrl}\n${publicKey}\n${secretKey}`).digest("hex");
  const slot = slots.get(key) ?? { good: null, asking: null };
  slots.set(key, slot);
  return slot;
}

/** A token that is good for a while. Those who ask meanwhile wait for the same answer. Never throws. */
export function getToken(account: Account): Promise<TokenAnswer> {
  const slot = slotOf(account);
  if (slot.good && slot.good.until > performance.now()) {
    return Promise.resolve({ kind: "token", token: slot.good.token });
  }
  slot.asking ??= fetchToken(account, slot).finally(() => {
    slot.asking = null;
  });
  return slot.asking;
}

/** PayPal does not take this token: it is forgotten, unless there is another one by now. */
export function dropToken(account: Account, token: string): void {
  const slot = slotOf(account);
  if (slot.good?.token === token) slot.good = null;
}

async function fetchToken(account: Account, slot: Slot): Promise<TokenAnswer> {
  const answer = await askForToken(account);
  if (answer.kind !== "token") return answer;
  const { token, lifetimeS } = answer;
  slot.good = { token, until: performance.now() + lifetimeS * 1_000 - marginMs };
  return { kind: "token", token };
}

/** One request, past the cache: for a check of the keys as they are. */
export async function askForToken({
  apiUrl,
  publicKey,
  secretKey,
}: Account): Promise<
  { kind: "token"; token: string; lifetimeS: number } | Exclude<TokenAnswer, { kind: "token" }>
> {
  const basic = Buffer.from(`${publicKey}:${secretKey}`).toString("base64");
  const answer = await sendHttp({
    method: "POST",
    url: `${apiUrl}/v1/oauth2/token`,
    headers: {
      Authorization: `Basic ${basic}`,
      Accept: "application/json",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  if (answer.kind !== "answer") return { kind: "unreachable", detail: answer.detail };
  if (answer.status === 401 || answer.status === 403) return { kind: "refused" };
  const parsed = answer.status === 200 ? answerSchema.safeParse(answer.json) : null;
  if (!parsed?.success) return { kind: "unreachable", detail: `token: status ${answer.status}` };
  return {
    kind: "token",
    token: parsed.data.access_token,
    lifetimeS: parsed.data.expires_in,
  };
}
