// The one way in which the adapter talks to Razorpay.
import { z } from "zod";
import { noAnswer, type GatewayAccount } from "../gateway.ts";
import { sendHttp, type HttpAnswer } from "../send-http.ts";

/**
 * What a call came to. `refused`: Razorpay read it and did nothing, for a reason of its list.
 * `not_sent`: certainly nothing happened. `unknown`: something may have.
 */
export type ApiAnswer =
  | { kind: "success"; data: unknown }
  | { kind: "refused"; reason: string }
  | { kind: "not_sent"; detail: string }
  | { kind: "unknown"; detail: string };

export type NoWord = Extract<ApiAnswer, { kind: "not_sent" | "unknown" }>;

export const keysRefused = "keys refused";

const errorBody = z.object({ error: z.object({ reason: z.string().nullish() }) });

type Ask = { body?: Readonly<Record<string, unknown>>; refundKey?: string };

/** Asks for something; a `body` makes it a POST. Never throws. */
export async function callRazorpay(
  account: Pick<GatewayAccount, "apiUrl" | "publicKey" | "secretKey">,
  path: string,
  { body, refundKey }: Ask = {},
): Promise<ApiAnswer> {
  const { apiUrl, publicKey, secretKey } = account;
  const answer = await sendHttp({
    method: body === undefined ? "GET" : "POST",
    url: `${apiUrl}/v1${path}`,
    headers: {
      Authorization: `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`,
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(refundKey === undefined ? {} : { "X-Refund-Idempotency": refundKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.kind === "answer" ? read(answer) : answer;
}

/** Errors: razorpay.com/docs/errors. An unknown id is a 400 there. */
function read({ status, json }: Extract<HttpAnswer, { kind: "answer" }>): ApiAnswer {
  if (status === 401 || status === 403) return { kind: "not_sent", detail: keysRefused };
  if (status >= 200 && status < 300) {
    return typeof json === "object" && json !== null
      ? { kind: "success", data: json }
      : { kind: "unknown", detail: "unreadable answer" };
  }
  const error = errorBody.safeParse(json);
  // Still under way (409), or the service's own trouble: it may have been done.
  const isClear = status >= 400 && status < 500 && status !== 408 && status !== 409;
  if (!isClear || !error.success) return { kind: "unknown", detail: `status ${status}` };
  return { kind: "refused", reason: error.data.error.reason ?? "" };
}

/** A question without an answer is unknown, also where it was never sent. */
export function unanswered({ detail }: NoWord): { kind: "unknown"; detail: string } {
  return { kind: "unknown", detail: detail || noAnswer };
}
