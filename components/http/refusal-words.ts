import type { ApiResult } from "./call-api.ts";

/** What a form shows where a call did not do what was asked. */
export type Refusal = {
  title: string;
  advice: string;
  signIn: boolean;
  fields: Record<string, string>;
};

function seconds(count: number | null): string {
  if (count === null) return "a minute";
  return count === 1 ? "1 second" : `${Math.max(1, Math.ceil(count))} seconds`;
}

function firstMessages(errors: Record<string, string[]> | undefined): Record<string, string> {
  const entries = Object.entries(errors ?? {}).flatMap(([field, messages]) =>
    messages[0] === undefined ? [] : [[field, messages[0]] as const],
  );
  return Object.fromEntries(entries);
}

/**
 * Words for a call that was refused or broke, where no money can have moved. `what` completes
 * "We could not …", such as "place your order".
 */
export function refusalWords(result: ApiResult, what: string): Refusal {
  const refusal = (title: string, advice: string): Refusal => ({
    title,
    advice,
    signIn: false,
    fields: {},
  });
  if (result.kind === "no_answer") {
    return refusal("No connection", `We could not ${what}. Check your connection, then try again.`);
  }
  const { status, body } = result;
  if (status === 401) {
    return {
      ...refusal("You have been signed out", "Sign in again; you will come back to this page."),
      signIn: true,
    };
  }
  if (status === 429) {
    return refusal("Too many tries", `Wait ${seconds(result.retryAfterSeconds)}, then try again.`);
  }
  if (status === 403)
    return refusal(
      "Your account may not do this",
      "Ask an administrator if you should be able to.",
    );
  if (status >= 500) {
    return refusal(
      "Something went wrong on our side",
      `We could not ${what}. Try again in a moment.`,
    );
  }
  const fields = firstMessages(body.errors);
  return {
    ...refusal(
      `We could not ${what}`,
      body.error ?? body.detail ?? "Check what you entered, then try again.",
    ),
    fields,
  };
}
