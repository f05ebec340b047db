// The one way in which the adapter talks to Flutterwave.
import { z } from "zod";
import { noAnswer, type GatewayAccount } from "../gateway.ts";
import { sendHttp, type HttpAnswer } from "../send-http.ts";

/**
 * What a call came to. `refused`: Flutterwave read it and did nothing; it gives no code that says why, and
 * its words are not for programs. `not_sent`: certainly nothing happened. `unknown`: something may have.
 */
export type ApiAnswer =
  | { kind: "success"; data: unknown; meta: unknown }
  | { kind: "refused" }
  | { kind: "not_sent"; detail: string }
  | { kind: "unknown"; detail: string };

type NoWord = Extract<ApiAnswer, { kind: "not_sent" | "unknown" }>;

export const keysRefused = "keys refused";

const envelope = z.object({
  status: z.enum(["success", "error"]),
  data: z.unknown().optional(),
  meta: z.unknown().optional(),
});

/** Asks for something; a `body` makes it a POST. Never throws. */
export async function callFlutterwave(
  account: Pick<GatewayAccount, "apiUrl" | "secretKey">,
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<ApiAnswer> {
  const answer = await sendHttp({
    method: body === undefined ? "GET" : "POST",
    url: `${account.apiUrl}/v3${path}`,
    headers: {
      Authorization: `Bearer ${account.secretKey}`,
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.kind === "answer" ? read(answer) : answer;
}

/** A status of the service's own errors: developer.flutterwave.com/v3.0/docs/common-errors. */
function read({ status, json }: Extract<HttpAnswer, { kind: "answer" }>): ApiAnswer {
  if (status === 401 || status === 403) return { kind: "not_sent", detail: keysRefused };
  // After about 28 s it answers 503 for what it may have done all the same; a conflict may be our own twin.
  const isClear = (status >= 200 && status < 300) || (status >= 400 && status < 500);
  if (!isClear || status === 408 || status === 409) {
    return { kind: "unknown", detail: `status ${status}` };
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return { kind: "unknown", detail: "unreadable answer" };
  const isError = parsed.data.status === "error";
  if (status >= 400) {
    return isError ? { kind: "refused" } : { kind: "unknown", detail: `status ${status}` };
  }
  if (isError) return { kind: "unknown", detail: "an error with a good status" };
  return { kind: "success", data: parsed.data.data, meta: parsed.data.meta };
}

/** A question without an answer is unknown, also where it was never sent: it says nothing of what is asked about. */
export function unanswered({ detail }: NoWord): { kind: "unknown"; detail: string } {
  return { kind: "unknown", detail: detail === keysRefused ? keysRefused : detail || noAnswer };
}
