/** The look of Razorpay's window in the sandbox. Its own script only shows steps and posts what was typed. */
import { displayMoney } from "#lib/domain/money";
import { minorOf, type Order } from "./documents.ts";
import { testCards } from "./test-cards.ts";

const style = `
:root { color-scheme: light dark; --sheet: #fff; --ink: #14213d; --soft: #56617a; --line: #c9d0dd;
  --edge: #74809a; --main: #1f4fd8; --on-main: #fff; --note: #fff3d6; --on-note: #5b4300; --bad: #fde8e8;
  --on-bad: #8a1c1c; }
@media (prefers-color-scheme: dark) { :root { --sheet: #171c26; --ink: #eef1f7; --soft: #aab4c6;
  --line: #364054; --edge: #8994a8; --main: #8fb0ff; --on-main: #0c1a3d; --note: #3a2f10;
  --on-note: #ffe3a1; --bad: #43191b; --on-bad: #ffc9c9; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--sheet); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.banner { background: var(--note); color: var(--on-note); padding: .5rem 1rem; font-size: .8125rem; }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem;
  padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); }
header strong { font-size: 1.25rem; } header span { color: var(--soft); font-size: .8125rem; display: block; }
main { padding: 1.25rem; } h1 { font-size: 1rem; margin: 0 0 .75rem; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; display: flex; gap: 1rem; flex-wrap: wrap; }
legend { font-weight: 600; font-size: .875rem; padding: 0; margin-bottom: .25rem; }
label.field { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .25rem; }
input.text { width: 100%; font: inherit; color: inherit; background: transparent; padding: .5rem .75rem;
  border: 1px solid var(--edge); border-radius: .5rem; margin-bottom: .75rem; min-height: 2.75rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
button { font: inherit; font-weight: 600; border-radius: .5rem; min-height: 2.75rem; padding: .5rem 1rem;
  border: 1px solid var(--edge); background: transparent; color: inherit; cursor: pointer; }
button.main { background: var(--main); color: var(--on-main); border-color: var(--main); width: 100%; }
button.close { min-height: 2.25rem; padding: .25rem .75rem; font-size: .875rem; }
button.card { width: 100%; text-align: left; font-weight: 500; font-size: .8125rem; margin-top: .375rem;
  min-height: 2.5rem; padding: .25rem .75rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.bad { background: var(--bad); color: var(--on-bad); border-radius: .5rem; padding: .625rem .75rem;
  margin-bottom: 1rem; } .bad:empty { display: none; }
.soft { color: var(--soft); font-size: .8125rem; margin: 0 0 .75rem; } [hidden] { display: none !important; }
`;

// Runs in the window alone. What is typed goes to this origin and nowhere else.
const script = `
const $ = (id) => document.getElementById(id);
const { order, merchant } = document.body.dataset;
const tell = (message) => parent.postMessage(message, merchant);
const method = () => document.querySelector("input[name=method]:checked").value;
const bad = (text) => { $("bad").textContent = text; if (text) $("bad").focus(); };
const show = (step) => {
  $("choose").hidden = step !== "choose"; $("otp-step").hidden = step !== "otp";
  $(step === "otp" ? "otp" : "number").focus();
};
for (const radio of document.querySelectorAll("input[name=method]"))
  radio.addEventListener("change", () => { $("card-fields").hidden = method() !== "card"; });
for (const button of document.querySelectorAll("button.card"))
  button.addEventListener("click", () => {
    $("number").value = button.dataset.number.replace(/(.{4})(?=.)/g, "$1 ");
    $("expiry").value = "12/30"; $("cvv").value = "123"; bad("");
  });
$("choose").addEventListener("submit", (event) => {
  event.preventDefault();
  if (method() !== "card") return void send("");
  const digits = $("number").value.replace(/\\D/g, "");
  let sum = 0;
  [...digits].reverse().forEach((digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1); sum += value > 9 ? value - 9 : value;
  });
  if (digits.length < 13 || sum % 10) return bad("This is not a valid card number.");
  bad(""); show("otp");
});
$("otp-step").addEventListener("submit", (event) => { event.preventDefault(); void send($("otp").value); });
$("close").addEventListener("click", () => tell({ type: "dismissed" }));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") tell({ type: "dismissed" }); });
async function send(otp) {
  for (const button of document.querySelectorAll("button.main")) button.disabled = true;
  try {
    const response = await fetch("/checkout/attempt", { method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ order_id: order, method: method(), number: $("number").value, otp }) });
    const answer = await response.json();
    if (answer.response) return tell({ type: "paid", response: answer.response });
    tell({ type: "failed", error: answer.error });
    show("choose"); $("otp").value = $("otp").defaultValue;
    bad(answer.error.description + " Nothing was charged. Try again, or another card.");
  } catch { bad("The sandbox did not answer. Try again."); }
  finally { for (const button of document.querySelectorAll("button.main")) button.disabled = false; }
}
$("number").focus();
`;

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** The window for one order. `merchant` is the origin that may hear what came of it. */
export function windowPage(
  order: Order,
  { name, merchant }: { name: string; merchant: string },
): string {
  const total = displayMoney(minorOf(order.amount, order.currency), order.currency);
  const cards = testCards
    .map(
      ({ number, what }) =>
        `<button type="button" class="card" data-number="${number}">${escapeText(what)} · ends ${number.slice(-4)}</button>`,
    )
    .join("");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Razorpay sandbox</title><style>${style}</style></head>
<body data-order="${escapeText(order.id)}" data-merchant="${escapeText(merchant)}">
<div class="banner" role="note"><strong>Sandbox.</strong> This window stands in for Razorpay's. No real money moves.</div>
<header><div><span>${escapeText(name) || "Payment"}</span><strong>${total}</strong></div>
<button type="button" class="close" id="close">Cancel</button></header>
<main><div id="bad" class="bad" role="alert" tabindex="-1"></div>
<form id="choose" novalidate>
<fieldset><legend>Pay by</legend>
<label><input type="radio" name="method" value="card" checked> Card</label>
<label><input type="radio" name="method" value="upi"> UPI</label>
<label><input type="radio" name="method" value="netbanking"> Netbanking</label></fieldset>
<div id="card-fields">
<label class="field" for="number">Card number</label>
<input class="text" id="number" inputmode="numeric" autocomplete="off" maxlength="23">
<div class="pair"><div><label class="field" for="expiry">Expiry (MM/YY)</label><input class="text" id="expiry" inputmode="numeric" autocomplete="off" maxlength="7"></div>
<div><label class="field" for="cvv">CVV</label><input class="text" id="cvv" inputmode="numeric" autocomplete="off" maxlength="4"></div></div></div>
<button class="main" type="submit">Pay ${total}</button>
<h1 style="margin-top:1.25rem">Test cards</h1>${cards}</form>
<form id="otp-step" hidden novalidate><h1>Enter the code of your bank</h1>
<p class="soft">Sandbox: four to ten digits confirm the payment, fewer refuse it.</p>
<label class="field" for="otp">One-time code</label>
<input class="text" id="otp" inputmode="numeric" autocomplete="one-time-code" value="1234" maxlength="10">
<button class="main" type="submit">Confirm ${total}</button></form>
</main><script>${script}</script></body></html>`;
}
