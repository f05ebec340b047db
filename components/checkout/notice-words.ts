import { refusalWords } from "../http/refusal-words.ts";
import type { ApiResult } from "../http/call-api.ts";
import { declineWords, gatewayWords } from "../transactions/words.ts";
import type { Tone } from "../ui/tone.ts";

/** What stands above the card form: what happened, whether money moved, what to do now. */
export type Notice = {
  tone: Tone;
  title: string;
  advice: string;
  signIn: boolean;
  /** A gateway that was not reached, for certain: another way to pay comes first now. */
  avoid?: string;
};

/** `message` is the server's own sentence, for where it gives no code. */
export function declineNotice(code: string | null, message: string | null = null): Notice {
  const { title, advice } = declineWords(code);
  return {
    tone: "danger",
    title: code === null ? (message ?? title) : title,
    advice,
    signIn: false,
  };
}

/** For a payment that the server refused before anything was sent to the bank. */
export function refusalNotice(result: ApiResult, gateway: string): Notice {
  if (result.kind === "answered" && result.body.code === "gateway_unreachable") {
    return {
      tone: "warning",
      title: `${gatewayWords(gateway)} was not reached`,
      advice: "Nothing was charged. Pay another way, or try again in a moment.",
      signIn: false,
      avoid: gateway,
    };
  }
  const { title, advice, signIn } = refusalWords(result, "start the payment");
  return { tone: "warning", title, advice: `Nothing was charged. ${advice}`, signIn };
}

export const nothingArrived: Notice = {
  tone: "warning",
  title: "Your payment did not reach us",
  advice: "Nothing was charged. Your details are still here: you can pay now.",
  signIn: false,
};

export const startedElsewhere: Notice = {
  tone: "warning",
  title: "Another payment for this order got in the way",
  advice: "Nothing was charged by this one. You can try again now.",
  signIn: false,
};

export const givenUp: Notice = {
  tone: "info",
  title: "Payment cancelled",
  advice: "Nothing was charged. You can pay another way, or try again.",
  signIn: false,
};

export const unfinished: Notice = {
  tone: "warning",
  title: "The payment is not finished",
  advice: "Nothing was charged yet. Press Pay to go on with it, or choose another way to pay.",
  signIn: false,
};

export const signedOut: Notice = {
  tone: "warning",
  title: "You have been signed out",
  advice: "Sign in again; you will come back to this order and see how it stands.",
  signIn: true,
};
