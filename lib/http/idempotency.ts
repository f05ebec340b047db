import { createHash } from "node:crypto";
import {
  claimIdempotencyKey,
  finishIdempotencyKey,
  releaseIdempotencyKey,
  type KeyClaim,
} from "../db/idempotency-keys.ts";
import { PaymentError } from "../domain/errors.ts";
import { log } from "../observability/log.ts";

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The request's `Idempotency-Key`, or null. Throws `invalid_request` on one that cannot be kept. */
export function idempotencyKeyOf(headers: Headers): string | null {
  const key = headers.get("idempotency-key");
  if (key === null || keyPattern.test(key)) return key;
  throw new PaymentError(
    "invalid_request",
    "Idempotency-Key: Use 1 to 255 visible ASCII characters.",
  );
}

// A caller that holds no right to the answer yet, or must come again, gets no answer kept.
const notKept = new Set([401, 429]);

function isKept(status: number, code: string | null): boolean {
  return status < 500 && !notKept.has(status) && code !== "request_in_progress";
}

/** A path with and without its trailing slash, or with doubled ones, is one route. */
function routeOf(request: Request): string {
  const segments = new URL(request.url).pathname.split("/").filter((segment) => segment !== "");
  return `${request.method} /${segments.join("/")}`;
}

function fingerprintOf(route: string, body: Uint8Array): Buffer {
  return createHash("sha256").update(route).update("\n").update(body).digest();
}

/** An answer and the code of the refusal that it is, if it is one. */
export type CodedAnswer = { response: Response; code: string | null };

/**
 * Runs a request once a key and user. A repetition gets the first answer again; another body under the
 * key, or a first call that still runs, is refused. `run` gets the id of the key's row and throws nothing.
 */
export async function runOnce<A extends CodedAnswer>(
  request: Request,
  caller: { userId: number; key: string; body: Uint8Array },
  run: (keyId: string) => Promise<A>,
): Promise<A | CodedAnswer> {
  const route = routeOf(request);
  const fingerprint = fingerprintOf(route, caller.body);
  const state = await claimIdempotencyKey({
    userId: caller.userId,
    route,
    key: caller.key,
    fingerprint,
  });
  if (state.kind === "mismatch") {
    throw new PaymentError(
      "idempotency_mismatch",
      "This Idempotency-Key was used with another request.",
    );
  }
  if (state.kind === "running") {
    throw new PaymentError(
      "request_in_progress",
      "The first call with this Idempotency-Key is still running.",
      {
        retryAfterSeconds: 1,
      },
    );
  }
  if (state.kind === "finished") return { response: replay(state.status, state.body), code: null };
  const answer = await run(state.claim.id);
  await settle(state.claim, answer);
  return answer;
}

function replay(status: number, body: string): Response {
  const headers = { "Content-Type": "application/json", "Idempotent-Replayed": "true" };
  return new Response(body, { status, headers });
}

/**
 * Keeps or frees the key. What was done is done: an answer that cannot be kept is given all the same, and
 * a repetition runs again once the claim is old and finds what this run made.
 */
async function settle(claim: KeyClaim, { response, code }: CodedAnswer): Promise<void> {
  try {
    if (isKept(response.status, code)) {
      await finishIdempotencyKey(claim, response.status, await response.clone().text());
    } else {
      await releaseIdempotencyKey(claim);
    }
  } catch (error) {
    log.error("an answer could not be kept for its repetition", {
      error,
      code: "idempotency_not_kept",
    });
  }
}
