/** The Payment Element's frame: fields for a card, and Stripe's test cards one click away. */
import type { Reply } from "../stand-in.ts";
import { page } from "./page-markup.ts";

const first: readonly [label: string, number: string][] = [
  ["Succeeds", "4242424242424242"],
  ["Declined", "4000000000000002"],
  ["Asks for 3-D Secure", "4000000000003220"],
  ["No funds", "4000000000009995"],
];
const more: readonly [label: string, number: string][] = [
  ["Mastercard", "5555555555554444"],
  ["American Express", "378282246310005"],
  ["3-D Secure, then declined", "4000008400001629"],
  ["Card has expired", "4000000000000069"],
  ["Wrong security code", "4000000000000127"],
  ["Processing error", "4000000000000119"],
  ["Lost card", "4000000000009987"],
  ["Disputed afterwards", "4000000000000259"],
  ["Refund is pending first", "4000000000007726"],
  ["Refund fails later", "4000000000005126"],
];

const buttons = (cards: typeof first): string =>
  cards
    .map(([label, number]) => `<button type="button" data-number="${number}">${label}</button>`)
    .join("");

function field(name: string, label: string, autocomplete: string, hint: string): string {
  return `<div class="field"><label for="${name}">${label}</label>
<input id="${name}" inputmode="numeric" autocomplete="${autocomplete}" placeholder="${hint}" spellcheck="false" aria-describedby="${name}-problem" aria-invalid="false" aria-required="true">
<p class="problem" id="${name}-problem" role="alert"></p></div>`;
}

/** `GET /element`. */
export function elementPage(): Reply {
  const body = `<div class="frame">
<div id="card">
<div class="top"><span class="badge">Sandbox</span><span>Stands in for Stripe. No real money moves.</span></div>
${field("number", "Card number", "cc-number", "1234 1234 1234 1234")}
<div class="pair">${field("expiry", "Expiry date", "cc-exp", "MM / YY")}${field("cvc", "Security code", "cc-csc", "CVC")}</div>
<div role="group" aria-labelledby="fill"><span class="label" id="fill">Fill in a test card</span>
<div class="cards">${buttons(first)}</div>
<details><summary>More test cards</summary><div class="cards">${buttons(more)}</div></details></div>
</div>
<p id="broken" role="alert" hidden>This payment could not be opened. Nothing was charged. Load the page again.</p>
</div>`;
  return page(200, "Card details", body, { bodyAttributes: "", script: "/sandbox/element.js" });
}
