/** Access tokens: https://developer.paypal.com/api/rest/authentication. They say themselves how long they are good for. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { json, type Call, type Context, type Reply, type Route } from "../stand-in.ts";

export const tokenPath = "/v1/oauth2/token";
const lifetimeS = 32_400;

function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function tokenUntil(untilS: number, { credentials }: Context): string {
  const { publicKey, secretKey } = credentials;
  const proof = createHmac("sha256", `${publicKey}:${secretKey}`).update(String(untilS));
  return `A21AA${untilS}.${proof.digest("base64url")}`;
}

/** True where the call carries a token that is good by the gateway's clock. */
export function carriesToken({ headers }: Call, context: Context): boolean {
  const token = (headers.authorization ?? "").replace(/^Bearer /, "");
  const match = /^A21AA(\d{1,12})\./.exec(token);
  if (!match) return false;
  const untilS = Number(match[1]);
  return untilS * 1_000 > context.now.getTime() && isEqual(token, tokenUntil(untilS, context));
}

function issueToken(context: Context, { headers, body }: Call): Reply {
  const { publicKey, secretKey } = context.credentials;
  const basic = Buffer.from(`${publicKey}:${secretKey}`).toString("base64");
  if (!isEqual(headers.authorization ?? "", `Basic ${basic}`)) {
    return json(401, {
      error: "invalid_client",
      error_description: "Client Authentication failed",
    });
  }
  if (new URLSearchParams(body.toString("utf8")).get("grant_type") !== "client_credentials") {
    return json(400, {
      error: "unsupported_grant_type",
      error_description: "Grant Type is NULL or unsupported",
    });
  }
  const untilS = Math.floor(context.now.getTime() / 1_000) + lifetimeS;
  return json(200, {
    scope:
      "https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/reporting/search/read",
    access_token: tokenUntil(untilS, context),
    token_type: "Bearer",
    app_id: "APP-80W284485P519543T",
    expires_in: lifetimeS,
    nonce: `${context.now.toISOString().slice(0, 19)}Z${untilS}`,
  });
}

export const tokenRoutes: Readonly<Record<string, Route>> = {
  [`POST ${tokenPath}`]: { handle: issueToken },
};
