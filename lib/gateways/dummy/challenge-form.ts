import { isPaymentError } from "../../domain/errors.ts";
import { getEnv } from "../../env.ts";
import { completeChallenge } from "./challenge.ts";

// The form has one short field.
const maxFormBytes = 1_024;

function redirect(path: string): Response {
  return new Response(null, {
    status: 303,
    headers: {
      Location: new URL(path, getEnv().PUBLIC_URL).href,
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/**
 * The answer to the dummy bank's 3-D Secure page: a plain form, as the page works without scripts. It
 * stands for a third party's site, knows no session, and moves nothing but the dummy gateway's own book;
 * the unguessable reference is the key. Whatever was sent, the shopper lands on a page.
 */
export async function answerChallengeForm(
  request: Request,
  context: { params: Promise<Record<string, string | string[]>> },
): Promise<Response> {
  const { reference } = await context.params;
  const name = typeof reference === "string" ? reference : "";
  const back = `/dummy-gateway/challenge/${encodeURIComponent(name)}`;
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(declared <= maxFormBytes)) return redirect(back);
  const answer = new URLSearchParams(await request.text()).get("answer");
  if (answer !== "approve" && answer !== "fail") return redirect(back);
  try {
    const challenge = await completeChallenge(name, answer);
    return redirect(challenge.returnUrl);
  } catch (error) {
    // The page says that there is no such challenge.
    if (isPaymentError(error)) return redirect(back);
    throw error;
  }
}
