// The one way in which the adapter talks to PayPal.
import { z } from "zod";
import type { GatewayAccount } from "../gateway.ts";
import { sendHttp, type HttpAnswer } from "../send-http.ts";
import { dropToken, getToken } from "./access-token.ts";

export type ApiRequest = {
  method: "GET" | "POST";
  /** With its query, from `/v1` or `/v2` on. */
  path: string;
  /** PayPal-Request-Id: PayPal answers the same one again with what became of the first. */
  requestId?: string;
  body?: Readonly<Record<string, unknown>>;
};

/**
 * What a call came to. `refused`: PayPal read it, did nothing, and says why by its issue code. `not_sent`:
 * certainly nothing happened. `unknown`: something may have.
 */
export type ApiAnswer =
  | { kind: "success"; data: unknown }
  | { kind: "refused"; status: number; issue: string }
  | { kind: "not_sent"; detail: string }
  | { kind: "unknown"; detail: string };

export const keysRefused = "keys refused";

/** Error bodies: developer.paypal.com/api/rest/responses. Other fields are let through. */
const errorSchema = z.object({
  name: z.string().max(100),
  details: z.array(z.object({ issue: z.string().max(100) })).optional(),
});

/** Sends one request, with a new token where PayPal has stopped taking ours. Never throws. */
export async function callPayPal(account: GatewayAccount, request: ApiRequest): Promise<ApiAnswer> {
  const first = await sendWithToken(account, request);
  return first === "token refused" ? afterNewToken(await sendWithToken(account, request)) : first;
}

function afterNewToken(answer: ApiAnswer | "token refused"): ApiAnswer {
  return answer === "token refused" ? { kind: "not_sent", detail: keysRefused } : answer;
}

async function sendWithToken(
  account: GatewayAccount,
  { method, path, requestId, body }: ApiRequest,
): Promise<ApiAnswer | "token refused"> {
  const token = await getToken(account);
  if (token.kind === "refused") return { kind: "not_sent", detail: keysRefused };
  if (token.kind === "unreachable") return { kind: "not_sent", detail: token.detail };
  const answer = await sendHttp({
    method,
    url: `${account.apiUrl}${path}`,
    headers: {
      Authorization: `Bearer ${token.token}`,
      Accept: "application/json",
      ...(method === "POST" && {
        "Content-Type": "application/json",
        // Without it fees and amounts are missing in the answer.
        Prefer: "return=representation",
      }),
      ...(requestId !== undefined && { "PayPal-Request-Id": requestId }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.kind !== "answer") return answer;
  if (answer.status === 401) {
    dropToken(account, token.token);
    return "token refused";
  }
  return read(answer);
}

function read({ status, json }: Extract<HttpAnswer, { kind: "answer" }>): ApiAnswer {
  if (status === 204) return { kind: "success", data: null };
  if (status === 200 || status === 201) {
    return typeof json === "object" && json !== null
      ? { kind: "success", data: json }
      : { kind: "unknown", detail: "unreadable answer" };
  }
  if (status === 403) return { kind: "not_sent", detail: keysRefused };
  const error = errorSchema.safeParse(json);
  const isClear = [400, 404, 409, 415, 422].includes(status) && error.success;
  if (!isClear) return { kind: "unknown", detail: `status ${status}` };
  return { kind: "refused", status, issue: error.data.details?.[0]?.issue ?? error.data.name };
}

/** A question without an answer is unknown, also where it was never sent: it says nothing of what is asked about. */
export function unanswered({ detail }: { detail: string }): { kind: "unknown"; detail: string } {
  return { kind: "unknown", detail };
}
