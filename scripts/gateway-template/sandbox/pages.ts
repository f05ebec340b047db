/** The page on which shoppers pay at Template. Plain HTML: it works without scripts. */
import { displayMoney } from "#lib/domain/money";
import {
  html,
  type Call,
  type Context,
  type Reply,
  type Route,
} from "../../../sandbox/stand-in.ts";
import { findPayment, type Payment } from "./documents.ts";
import { endPayment } from "./settle.ts";

const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --sheet: #fff; --ink: #1c2430; --line: #d5dae1;
  --main: #0b6b4f; --on-main: #fff; --note: #fff3d6; --on-note: #5b4300; --edge: #7a8494; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --sheet: #1b212a; --ink: #eef1f5;
  --line: #343d4a; --main: #4fd1a5; --on-main: #06251b; --note: #3a2f10; --on-note: #ffe3a1;
  --edge: #8994a4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.banner { background: var(--note); color: var(--on-note); padding: .6rem 1rem; text-align: center; }
main { max-width: 27rem; margin: 1.5rem auto; padding: 0 1rem; }
form, section { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; } h1 { font-size: 1.375rem; margin: 0; } p { margin: .25rem 0 1.25rem; }
button, a { font: inherit; font-weight: 600; display: block; width: 100%; min-height: 2.75rem;
  padding: .5rem 1rem; margin-top: .75rem; border: 1px solid var(--edge); border-radius: .5rem;
  background: transparent; color: inherit; cursor: pointer; text-align: center; text-decoration: none; }
.main { background: var(--main); color: var(--on-main); border-color: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Template sandbox</title>
<style>${style}</style></head><body>
<div class="banner" role="note"><strong>Sandbox.</strong> This page stands in for Template's. No real money moves.</div>
<main>${body}</main></body></html>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

async function show(context: Context, { params }: Call): Promise<Reply> {
  const payment = await findPayment(context, params["id"] ?? "");
  if (!payment) return html(404, page("No such payment", "<h1>No such payment</h1>"));
  if (payment.status !== "open") return html(410, closed(payment));
  const total = displayMoney(BigInt(payment.amount), payment.currency);
  const button = (choice: string, text: string, kind = ""): string =>
    `<button name="choice" value="${choice}" class="${kind}">${text}</button>`;
  return html(
    200,
    page(
      `Pay ${total}`,
      `<form method="post"><h1>${total}</h1><p>${escapeText(payment.description)}</p>${button("pay", `Pay ${total}`, "main")}${button("decline", "Have the card declined")}${button("cancel", "Cancel and return to the shop")}</form>`,
    ),
  );
}

function closed(payment: Payment): string {
  const back = escapeText(payment.return_url);
  const words = payment.status === "paid" ? "This payment was made." : "Nothing was charged here.";
  return page(
    "No longer open",
    `<section><h1>No longer open</h1><p>${words}</p><a class="main" href="${back}">Return to the shop</a></section>`,
  );
}

const card = { brand: "visa", last4: "4242" };

async function choose(context: Context, { params, body }: Call): Promise<Reply> {
  const payment = await findPayment(context, params["id"] ?? "");
  if (!payment) return html(404, page("No such payment", "<h1>No such payment</h1>"));
  if (payment.status === "open") {
    const choice = new URLSearchParams(body.toString("utf8")).get("choice");
    if (choice === "pay") await endPayment(context, payment, { status: "paid", card });
    else if (choice === "cancel") await endPayment(context, payment, { status: "cancelled" });
    else await endPayment(context, payment, { status: "failed", decline_code: "card_declined" });
  }
  return { status: 303, body: "", headers: { Location: payment.return_url } };
}

const isPublic = true;

export const pageRoutes: Readonly<Record<string, Route>> = {
  "GET /pay/:id": { handle: show, isPublic },
  "POST /pay/:id": { handle: choose, isPublic },
};
