// The one way in which the adapter talks to Template.
import type { GatewayAccount } from "#lib/gateways/gateway";
import { sendHttp } from "#lib/gateways/send-http";

/**
 * What a call came to. `refused`: Template read it and did nothing. `not_sent`: certainly nothing
 * happened. `unknown`: something may have.
 */
export type ApiAnswer =
  | { kind: "success"; data: unknown }
  | { kind: "refused"; status: number }
  | { kind: "not_sent"; detail: string }
  | { kind: "unknown"; detail: string };

/** The answer to an account's bad keys. */
export const keysRefused = "keys refused";

type Call = { path: string; body?: Readonly<Record<string, unknown>>; key?: string };

/** Asks for something; a `body` makes it a POST, `key` makes its repetition safe. Never throws. */
export async function callTemplate(
  account: Pick<GatewayAccount, "apiUrl" | "secretKey">,
  { path, body, key }: Call,
): Promise<ApiAnswer> {
  const answer = await sendHttp({
    method: body === undefined ? "GET" : "POST",
    url: `${account.apiUrl}/v1${path}`,
    headers: {
      Authorization: `Bearer ${account.secretKey}`,
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.kind !== "answer") return answer;
  const { status, json } = answer;
  if (status === 401 || status === 403) return { kind: "not_sent", detail: keysRefused };
  if (json === undefined) return { kind: "unknown", detail: "unreadable answer" };
  if (status >= 200 && status < 300) return { kind: "success", data: json };
  // A conflict may be our own request that is still being worked on.
  const isRefused = status >= 400 && status < 500 && status !== 408 && status !== 409;
  return isRefused ? { kind: "refused", status } : { kind: "unknown", detail: `status ${status}` };
}

/** A question without an answer says nothing of what was asked about, also where it was never sent. */
export function unanswered(answer: Exclude<ApiAnswer, { kind: "success" }>): {
  kind: "unknown";
  detail: string;
} {
  return {
    kind: "unknown",
    detail: answer.kind === "refused" ? `status ${answer.status}` : answer.detail,
  };
}
