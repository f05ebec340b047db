import { signIn } from "next-auth/react";

export type SignInResult = "signed_in" | "wrong_credentials" | "throttled" | "no_answer";

/** Starts a session with an e-mail and a password. Never throws. */
export async function signInWithPassword(email: string, password: string): Promise<SignInResult> {
  try {
    const answer = await signIn("credentials", { email, password, redirect: false });
    if (answer?.ok === true && (answer.error ?? null) === null) return "signed_in";
    if (answer?.error === "RateLimited" || answer?.status === 429) return "throttled";
    return answer?.error === "CredentialsSignin" ? "wrong_credentials" : "no_answer";
  } catch {
    return "no_answer";
  }
}

export const signInWords: Record<
  Exclude<SignInResult, "signed_in">,
  { title: string; advice: string }
> = {
  wrong_credentials: {
    title: "That e-mail and password do not match",
    advice: "Check both and try again. Capital letters count in the password.",
  },
  throttled: { title: "Too many tries", advice: "Wait a minute, then try again." },
  no_answer: {
    title: "We could not sign you in just now",
    advice: "Check your connection, then try again.",
  },
};
