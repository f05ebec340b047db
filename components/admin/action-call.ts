import { postJson, type ApiResult } from "../http/call-api.ts";
import { refusalWords } from "../http/refusal-words.ts";
import type { Tone } from "../ui/tone.ts";

/** What came of something that staff asked for, in words. */
export type ActionResult =
  /** It is written down: done, on its way, or refused by the gateway. */
  | { kind: "recorded"; tone: Tone; title: string; text: string }
  /** Nobody knows here: the same request may be sent again and is the same thing. */
  | { kind: "unknown"; title: string; text: string }
  /** It was not done. `fields`: what is wrong with each field of the form. */
  | { kind: "refused"; title: string; text: string; fields: Readonly<Record<string, string>> };

export type ActionWords = {
  /** Completes "We could not …". */
  what: string;
  /** What certainly did not happen where it was refused: "Nothing was captured." */
  nothing: string;
  done: (body: Record<string, unknown>) => { title: string; text: string; tone?: Tone };
  /** For 202: it is under way. */
  pending: { title: string; text: string };
};

const unknownText =
  "The answer got lost on the way. Asking again is safe: it stays the same request.";

/** Reads what the API answered. */
function readAction(
  result: ApiResult,
  { what, nothing, done, pending }: ActionWords,
): ActionResult {
  const unknown: ActionResult = {
    kind: "unknown",
    title: "We do not know yet whether it was done",
    text: unknownText,
  };
  if (result.kind === "no_answer") return unknown;
  const { status, body } = result;
  if (status === 202) return { kind: "recorded", tone: "info", ...pending };
  if (status === 200 || status === 201) return { kind: "recorded", tone: "success", ...done(body) };
  if (body.code === "gateway_unreachable") {
    return {
      kind: "refused",
      title: "The gateway could not be reached",
      text: `${nothing} Wait a moment, then try again.`,
      fields: {},
    };
  }
  if (status >= 500 || body.code === "request_in_progress") return unknown;
  const { title, advice, fields } = refusalWords(result, what);
  return { kind: "refused", title, text: `${nothing} ${advice}`, fields };
}

/** Asks the API for something under a key that names this very request. */
export async function callAction(
  { path, body }: { path: string; body: Record<string, unknown> },
  key: string,
  words: ActionWords,
): Promise<ActionResult> {
  return readAction(await postJson(path, body, { idempotencyKey: key }), words);
}
