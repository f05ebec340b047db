/** The page on which the buyer approves an order, alone or in a window that the shop's script opened. */
import { displayMoney } from "#lib/domain/money";
import { html, type Call, type Context, type Reply, type Route } from "../stand-in.ts";
import { find, type Funding, type Order } from "./documents.ts";
import { minorOf } from "./money.ts";
import { escapeText, page } from "./page-markup.ts";
import { approveOrder } from "./settle.ts";
import { buyer } from "./views.ts";

const fundings: readonly { value: Funding; label: string; hint: string }[] = [
  { value: "balance", label: "PayPal balance", hint: "Approved, and taken at once." },
  {
    value: "echeck",
    label: "Bank transfer (eCheck)",
    hint: "Approved; the money is pending and clears after half a minute.",
  },
  {
    value: "declined",
    label: "A card that is declined",
    hint: "Approved here; the shop's capture is refused with INSTRUMENT_DECLINED.",
  },
];

/** How the page was opened: by itself, or by the script of a page at `origin`, which is told the end. */
type Opened = { token: string; origin: string | null };

function openedBy(values: URLSearchParams): Opened {
  const origin = values.get("origin") ?? "";
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin;
  return { token: values.get("token") ?? "", origin: isOrigin ? origin : null };
}

/** An address to go back to, with the order's id and what else PayPal adds. */
function backTo(address: string | null, more: Record<string, string>): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const url = new URL(address);
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  return url.href;
}

const gone = (): Reply =>
  html(
    404,
    page(
      "Nothing to pay",
      "<h1>There is nothing to pay here</h1><p>This order does not exist or has expired. Nothing was charged. Go back to the shop and begin again.</p>",
    ),
  );

async function openOrder(context: Context, { token }: Opened): Promise<Order | null> {
  const order = await find(context, "order", token);
  return order && order.status !== "EXPIRED" && order.status !== "VOIDED" ? order : null;
}

async function show(context: Context, { query }: Call): Promise<Reply> {
  const opened = openedBy(query);
  const order = await openOrder(context, opened);
  if (!order) return gone();
  if (order.status === "COMPLETED") return leave(order, opened, "approve");
  return html(200, page("Approve the payment", form(order, opened)));
}

function form({ id, unit, intent, brand }: Order, { origin }: Opened): string {
  const { amount } = unit;
  const total = displayMoney(minorOf(amount), amount.currency_code);
  const options = fundings.map(
    ({ value, label, hint }, index) => `<label class="choice"><input type="radio" name="funding"
 value="${value}"${index === 0 ? " checked" : ""}><span><b>${label}</b><small>${hint}</small></span></label>`,
  );
  const hold =
    intent === "AUTHORIZE" ? "<p>The shop holds the money now and takes it later.</p>" : "";
  return `<h1>Pay ${escapeText(brand)}</h1>
<p class="total"><span>${escapeText(unit.description ?? "Your order")}</span><strong>${total}</strong></p>
<p class="soft">Signed in as ${escapeText(buyer.email)}, the sandbox's buyer.</p>${hold}
<form method="post" action="/checkoutnow">
<input type="hidden" name="token" value="${escapeText(id)}">
${origin === null ? "" : `<input type="hidden" name="origin" value="${escapeText(origin)}">`}
<fieldset><legend>Pay with</legend>${options.join("")}</fieldset>
<button class="main" name="choice" value="pay">Pay now</button>
<button name="choice" value="cancel">Cancel and return to the shop</button>
</form>
<p class="soft">“Pay now” approves the payment. The shop then takes the money, and the shop's page says what came of it.</p>`;
}

async function decide(context: Context, { body }: Call): Promise<Reply> {
  const values = new URLSearchParams(body.toString("utf8"));
  const opened = openedBy(values);
  const order = await openOrder(context, opened);
  if (!order) return gone();
  if (values.get("choice") !== "pay") return leave(order, opened, "cancel");
  const funding = fundings.find(({ value }) => value === values.get("funding"))?.value ?? "balance";
  // Another window may have paid it meanwhile.
  if (order.status !== "COMPLETED") await approveOrder(context, order, funding);
  return leave(order, opened, "approve");
}

/** Back to the shop: by telling the page that opened this one, or by its address. */
function leave(order: Order, { origin }: Opened, what: "approve" | "cancel"): Reply {
  const { id } = order;
  if (origin !== null) return tellOpener(origin, { token: id, what, payerId: buyer.id });
  const target =
    what === "approve"
      ? backTo(order.returnUrl, { token: id, PayerID: buyer.id })
      : backTo(order.cancelUrl, { token: id });
  if (target !== null) return { status: 303, body: "", headers: { Location: target } };
  const words =
    what === "approve"
      ? "<h1>Approved</h1><p>Go back to the shop to finish.</p>"
      : "<h1>Cancelled</h1><p>Nothing was charged. You can close this page.</p>";
  return html(200, page("Back to the shop", words));
}

function tellOpener(origin: string, message: Record<string, string>): Reply {
  const data = JSON.stringify({ source: "paypal-sandbox", ...message }).replace(/</g, "\\u003c");
  const body = `<h1>Back to the shop</h1><p>You can close this window.</p>
<script>(() => {
  const target = window.opener ?? (window.parent === window ? null : window.parent);
  target?.postMessage(${data}, ${JSON.stringify(origin).replace(/</g, "\\u003c")});
  if (window.opener) window.close();
})();</script>`;
  return html(200, page("Back to the shop", body));
}

export const approvalRoutes: Readonly<Record<string, Route>> = {
  "GET /checkoutnow": { isPublic: true, handle: show },
  "POST /checkoutnow": { isPublic: true, handle: decide },
};
