import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Gateway, GatewayEvent } from "../gateways/gateway.ts";
import { dummyGateway } from "../gateways/dummy/dummy-gateway.ts";

/** The webhook secrets of each configuration, for tests that stand in for the sealed ones. */
export const secretsOf = new Map<number, string[]>();

export const aSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** Signs as Standard Webhooks says, with any part made wrong on purpose. */
export function signed(
  body: string,
  secret: string,
  {
    id = `evt_${randomBytes(9).toString("hex")}`,
    at = Date.now(),
  }: { id?: string; at?: number } = {},
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "content-type": "text/plain",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
}

/** A webhook's body that carries a translated event, so that no test depends on one gateway's format. */
export function bodyOf(
  event: GatewayEvent | "poison",
  salt = randomBytes(6).toString("hex"),
): string {
  if (event === "poison") return `not json ${salt}`;
  return JSON.stringify({ salt, event }, (_key, value: unknown) =>
    typeof value === "bigint" ? { minor: String(value) } : value,
  );
}

const toleranceMs = 300_000;

/** The dummy gateway with webhooks of the simplest kind that is signed as real ones are. */
export const signingGateway: Gateway = {
  ...dummyGateway,
  webhooks: {
    verify: ({ headers, body }, secret, now) => {
      const id = headers.get("webhook-id") ?? "";
      const timestamp = Number(headers.get("webhook-timestamp"));
      if (!(Math.abs(now.getTime() - timestamp * 1_000) <= toleranceMs)) return null;
      const text = Buffer.from(body).toString("utf8");
      const right = signed(text, secret, { id, at: timestamp * 1_000 })["webhook-signature"] ?? "";
      const digest = (value: string) => createHash("sha256").update(value).digest();
      const given = headers.get("webhook-signature") ?? "";
      return timingSafeEqual(digest(right), digest(given)) ? { eventId: id } : null;
    },
    translate: (body) => {
      const { event } = JSON.parse(Buffer.from(body).toString("utf8"), (_key, value: unknown) => {
        const minor = (value as { minor?: unknown } | null)?.minor;
        return typeof minor === "string" ? BigInt(minor) : value;
      }) as { event: GatewayEvent };
      return { type: `test.${event.kind}`, event };
    },
  },
};
