/** The bank's question to the shopper (3-D Secure): in a window over our page, or on a page of its own. */
import { displayMoney } from "#lib/domain/money";
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import { toShopMinor } from "./amounts.ts";
import { StripeRefusal } from "./answers.ts";
import { find, type PaymentIntent, type SetupIntent } from "./documents.ts";
import { authenticate } from "./intents.ts";
import { escapeText, page } from "./page-markup.ts";
import { authenticateSetup } from "./saved-cards.ts";

type Asked = PaymentIntent | SetupIntent;
const script = "/sandbox/bank-question.js";

/** The intent that waits for an answer; null: none does under that attempt. */
async function askedOf(context: Context, id: string, attempt: string): Promise<Asked | null> {
  try {
    const kind = id.startsWith("seti_") ? "setup_intent" : "payment_intent";
    const intent = await find(context, kind, id);
    const isOpen = intent.status === "requires_action" && intent.sandbox.attempt === attempt;
    return isOpen && attempt !== "" ? intent : null;
  } catch (error) {
    if (error instanceof StripeRefusal) return null;
    throw error;
  }
}

/** An origin such as `http://127.0.0.1:3000`, or nothing. */
function originIn(text: string | null): string {
  return text !== null && /^https?:\/\/[\w.[\]:-]+$/.test(text) ? text : "";
}

async function show(context: Context, call: Call): Promise<Reply> {
  const id = call.params["id"] ?? "";
  const attempt = call.query.get("attempt") ?? "";
  const intent = await askedOf(context, id, attempt);
  const parent = originIn(call.query.get("parent"));
  return intent ? questionPage(intent, attempt, parent) : overPage(parent);
}

function questionPage(intent: Asked, attempt: string, parent: string): Reply {
  const amount =
    intent.object === "payment_intent"
      ? displayMoney(toShopMinor(intent.amount, intent.currency), intent.currency.toUpperCase())
      : null;
  const hidden = (name: string, value: string): string =>
    `<input type="hidden" name="${name}" value="${escapeText(value)}">`;
  const body = `<main><p class="top"><span class="badge">Sandbox</span><span>Stands in for the shopper’s bank</span></p>
<h1>${amount === null ? "Are you saving this card?" : "Are you making this payment?"}</h1>
${amount === null ? "" : `<p class="amount">${escapeText(amount)}</p>`}
<p class="soft">Nothing has been charged yet. Complete goes on with it, Fail refuses it.</p>
<form method="post" action="/3ds/${escapeText(intent.id)}" class="answers">
${hidden("attempt", attempt)}${hidden("parent", parent)}
<button class="main" name="answer" value="complete">Complete</button>
<button name="answer" value="fail">Fail</button>
${parent === "" ? "" : '<button type="button" id="close">Close and go back</button>'}
</form></main>`;
  return page(200, "Your bank’s question", body, { bodyAttributes: 'class="sheet"', script });
}

function overPage(parent: string): Reply {
  const body = `<main><h1>This question is answered, or no longer open</h1>
<p>Go back to the shop: it shows what came of the payment.</p></main>`;
  return answeredPage(410, body, parent);
}

function answeredPage(status: number, body: string, parent: string): Reply {
  const bodyAttributes = `class="sheet" data-answered="yes" data-parent="${escapeText(parent)}"`;
  return page(status, "Your bank’s question", body, { bodyAttributes, script });
}

async function answer(context: Context, call: Call): Promise<Reply> {
  const fields = new URLSearchParams(call.body.toString("utf8"));
  const attempt = fields.get("attempt") ?? "";
  const parent = originIn(fields.get("parent"));
  const intent = await askedOf(context, call.params["id"] ?? "", attempt);
  if (!intent) return overPage(parent);
  const isDone = fields.get("answer") === "complete";
  const status =
    intent.object === "payment_intent"
      ? (await authenticate(context, intent, isDone)).intent.status
      : (await authenticateSetup(context, intent, isDone)).status;
  const { returnUrl } = intent.sandbox;
  if (parent !== "" || returnUrl === null) {
    return answeredPage(200, "<main><p>Thank you. Going back to the shop.</p></main>", parent);
  }
  return { status: 303, body: "", headers: { Location: backTo(returnUrl, intent, status) } };
}

/** The shop's page, with what Stripe adds to it. It proves nothing. */
function backTo(returnUrl: string, intent: Asked, status: string): string {
  const url = new URL(returnUrl);
  const name = intent.object;
  url.searchParams.set(name, intent.id);
  url.searchParams.set(`${name}_client_secret`, intent.client_secret);
  const isRefused = status === "requires_payment_method";
  url.searchParams.set("redirect_status", isRefused ? "failed" : "succeeded");
  return url.href;
}

export const bankRoutes: Readonly<Record<string, Route>> = {
  "GET /3ds/:id": { handle: show, isPublic: true },
  "POST /3ds/:id": { handle: answer, isPublic: true, movesMoney: true },
};
