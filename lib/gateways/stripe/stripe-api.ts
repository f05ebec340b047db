// The one way in which the adapter talks to Stripe: through Stripe's own package, one client an account.
import { createHash } from "node:crypto";
import Stripe from "stripe";
import { z } from "zod";
import { processGlobal } from "../../process-global.ts";
import { noAnswer, type GatewayAccount } from "../gateway.ts";
import { notSentCodes } from "../send-http.ts";

/** The API's version that the package was made for: written out, so that an upgrade is a decision. */
const apiVersion = "2026-10-28.endive";

// Within the deadline of a call to a gateway, so that it is told here.
const timeoutMs = 9_500;

// An installation has a handful of accounts; rotated keys leave clients behind.
const maxClients = 50;

/**
 * What a call came to. `refused`: Stripe read it and did nothing, for the reason in `code`. `card`: an
 * attempt to pay was made and failed. `not_sent`: certainly nothing happened. `unknown`: something may have.
 */
export type ApiAnswer<T> =
  | { kind: "success"; data: T }
  | { kind: "card"; code: string; declineCode: string }
  | { kind: "refused"; code: string }
  | { kind: "not_sent"; detail: string }
  | { kind: "unknown"; detail: string };

export type NoWord = Extract<ApiAnswer<never>, { kind: "not_sent" | "unknown" }>;

export const keysRefused = "keys refused";

type Account = Pick<GatewayAccount, "apiUrl" | "secretKey">;

/** The client of an account. The map's keys are hashes: a dump of it opens nothing. */
function clientOf({ apiUrl, secretKey }: Account): Stripe {
  const clients = processGlobal("stripe-clients", () => new Map<string, Stripe>());
  const key = createHash("sha256").update(`${apiUrl}\n${secretKey}`).digest("base64");
  const known = clients.get(key);
  if (known) return known;
  const { protocol, hostname, port } = new URL(apiUrl);
  const client = new Stripe(secretKey, {
    apiVersion,
    host: hostname,
    port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
    protocol: protocol === "http:" ? "http" : "https",
    timeout: timeoutMs,
    // Repetitions are the payment flow's. (One that follows a broken connection the package makes itself,
    // with the same idempotency key.)
    maxNetworkRetries: 0,
    telemetry: false,
  });
  const [oldest] = clients.keys();
  if (clients.size >= maxClients && oldest !== undefined) clients.delete(oldest);
  clients.set(key, client);
  return client;
}

/** Asks Stripe for something. Never throws. */
export async function callStripe<T>(
  account: Account,
  ask: (stripe: Stripe) => Promise<T>,
): Promise<ApiAnswer<T>> {
  try {
    return { kind: "success", data: await ask(clientOf(account)) };
  } catch (error) {
    return answerOf(error);
  }
}

/** Checks a signature; throws where it does not hold. No request is made. */
export const constructEvent: Stripe.Webhooks["constructEvent"] = (...given) =>
  Stripe.webhooks.constructEvent(...given);

// Of an error these are read and nothing else: its words quote what was sent.
const errorSchema = z.object({
  type: z.string(),
  code: z.string().catch(""),
  decline_code: z.string().catch(""),
  detail: z.unknown(),
});
const causeSchema = z.object({ code: z.string() });

/** By the name that the package gives an error: its classes may be there twice, once in each bundle. */
function answerOf(error: unknown): Exclude<ApiAnswer<never>, { kind: "success" }> {
  const parsed = errorSchema.safeParse(error);
  if (!parsed.success) return { kind: "unknown", detail: "the client failed" };
  const { type, code, decline_code: declineCode, detail } = parsed.data;
  switch (type) {
    case "StripeCardError":
      return { kind: "card", code, declineCode };
    case "StripeInvalidRequestError":
      return { kind: "refused", code };
    case "StripeRateLimitError":
      return { kind: "not_sent", detail: "status 429" };
    case "StripeAuthenticationError":
    case "StripePermissionError":
      return { kind: "not_sent", detail: keysRefused };
    case "StripeConnectionError":
      return brokenOff(detail);
    // The key was used for something else: what that came to is not known here.
    case "StripeIdempotencyError":
      return { kind: "unknown", detail: "the key was used before" };
    default:
      return { kind: "unknown", detail: "an error of Stripe's" };
  }
}

function brokenOff(cause: unknown): NoWord {
  const parsed = causeSchema.safeParse(cause);
  const code = parsed.success ? parsed.data.code : "";
  if (notSentCodes.has(code)) return { kind: "not_sent", detail: code };
  return { kind: "unknown", detail: code === "ETIMEDOUT" ? noAnswer : "no connection" };
}

/** A question without an answer is unknown, also where it was never sent. */
export function unanswered({ detail }: NoWord): { kind: "unknown"; detail: string } {
  return { kind: "unknown", detail };
}
