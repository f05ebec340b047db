/** What Flutterwave's page in the sandbox shows at each step. */
import type { Link, Step, Transaction } from "./documents.ts";
import { button, escapeText, field, form, money, page } from "./page-markup.ts";
import {
  mobileCurrencies,
  testCards,
  testOtp,
  testPin,
  transferCurrencies,
  type TestCard,
} from "./test-cards.ts";

export const pathOf = (link: Pick<Link, "id">): string => `/v3/hosted/pay/${link.id}`;

/** The ways to pay of a currency, and the cards to try, one of which may be filled in. */
export function payPage(link: Link, error?: string, chosen?: TestCard): string {
  const path = pathOf(link);
  const body = [
    sheet("Pay by card", cardForm(link, chosen)),
    transferCurrencies.has(link.currency) ? sheet("Pay by bank transfer", transferForm(link)) : "",
    mobileCurrencies.has(link.currency) ? sheet("Pay by mobile money", mobileForm(link)) : "",
    cardTable(),
    form(`${path}/cancel`, button("Cancel and return to the shop"), "Cancel"),
  ].join("");
  return page(`Pay ${money(link)}`, link, body, error === undefined ? {} : { error });
}

function sheet(title: string, body: string): string {
  return `<section class="sheet"><h2>${title}</h2>${body}</section>`;
}

function cardForm(link: Link, chosen: TestCard | undefined): string {
  const number = field({
    name: "number",
    label: "Card number",
    autocomplete: "cc-number",
    value: chosen?.number ?? "",
    focus: chosen === undefined,
  });
  const expiry = field({
    name: "expiry",
    label: "Expiry",
    hint: "MM/YY",
    autocomplete: "cc-exp",
    pattern: "\\d{2} ?/ ?\\d{2}",
    value: chosen?.expiry ?? "",
  });
  const cvv = field({
    name: "cvv",
    label: "CVV",
    autocomplete: "cc-csc",
    pattern: "\\d{3,4}",
    value: chosen?.cvv ?? "",
  });
  const fields = `${number}<div class="pair"><div>${expiry}</div><div>${cvv}</div></div>`;
  const method = `<input type="hidden" name="method" value="card">`;
  return form(pathOf(link), method + fields + button(`Pay ${money(link)}`, { main: true }));
}

function transferForm(link: Link): string {
  return form(
    pathOf(link),
    `<input type="hidden" name="method" value="bank_transfer"><p class="soft">You get an account number and transfer the exact amount to it.</p>` +
      button("Get the account number"),
  );
}

function mobileForm(link: Link): string {
  return form(
    pathOf(link),
    `<input type="hidden" name="method" value="mobilemoney">` +
      field({
        name: "phone",
        label: "Phone number",
        autocomplete: "tel",
        pattern: "[0-9+ ]{6,20}",
      }) +
      button("Send the request to the phone"),
  );
}

function cardTable(): string {
  const rows = testCards
    .map(({ number, expiry, cvv, what }, index) => {
      const digits = number.replace(/(\d{4})(?=\d)/g, "$1 ");
      return `<tr><td class="digits"><a href="?card=${index}">${digits}</a><br>${expiry} · ${cvv}</td><td>${escapeText(what)}</td></tr>`;
    })
    .join("");
  return `<details class="sheet"><summary>Test cards</summary><p class="soft">Choose one to fill it in. PIN ${testPin}, code ${testOtp}.</p>
<table><thead><tr><th scope="col">Card</th><th scope="col">What it does</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

const steps: Readonly<Record<Step, (transaction: Transaction) => { title: string; body: string }>> =
  {
    pin: () => ({
      title: "Enter your card PIN",
      body:
        field({ name: "pin", label: "Card PIN", secret: true, focus: true, pattern: "\\d{4}" }) +
        `<p class="soft">Sandbox: the PIN is ${testPin}.</p>${button("Continue", { main: true })}`,
    }),
    otp: () => ({
      title: "Enter the code",
      body:
        field({ name: "otp", label: "One-time code", focus: true, autocomplete: "one-time-code" }) +
        `<p class="soft">Your bank would send it to your phone. Sandbox: the code is ${testOtp}.</p>${button("Confirm the payment", { main: true })}`,
    }),
    "3ds": (transaction) => ({
      title: "Sandbox Bank: is this you?",
      body: `<p>${escapeText(money(transaction))} to Tollbooth, by the card ending ${escapeText(transaction.card?.last_4digits ?? "")}.</p>${button("Yes, approve the payment", { value: "approve", main: true })}${button("No, refuse it", { value: "refuse" })}`,
    }),
    avs: () => ({
      title: "Billing address",
      body:
        field({ name: "address", label: "Street and number", numeric: false, focus: true }) +
        field({ name: "zip", label: "Postal code", numeric: false, autocomplete: "postal-code" }) +
        button("Continue", { main: true }),
    }),
    phone: () => ({
      title: "Approve on your phone",
      body: `<p>A request was sent to your phone. In the sandbox you answer it here.</p>${button("Approve on the phone", { value: "approve", main: true })}${button("Decline on the phone", { value: "refuse" })}`,
    }),
    transfer: (transaction) => ({
      title: "Make the transfer",
      body: `<dl><dt>Bank</dt><dd>Sandbox Bank</dd><dt>Account</dt><dd>0067100155</dd><dt>Amount</dt><dd>${escapeText(money(transaction))}</dd></dl>
<p class="soft">In the sandbox nothing is transferred: say that you did, and it arrives a few seconds later.</p>${button("I have made the transfer", { value: "approve", main: true })}`,
    }),
  };

/** What the shopper has to do next for a transaction. */
export function stepPage(link: Link, transaction: Transaction, step: Step, error?: string): string {
  const { title, body } = steps[step](transaction);
  const action = `${pathOf(link)}/step/${transaction.id}`;
  return page(
    title,
    link,
    `<section class="sheet"><h1>${title}</h1>${form(action, body)}</section>` +
      form(`${pathOf(link)}/cancel`, button("Cancel and return to the shop"), "Cancel"),
    error === undefined ? {} : { error },
  );
}

export function waitingPage(link: Link): string {
  return page(
    "Waiting for the transfer",
    link,
    `<section class="sheet" role="status"><h1>Waiting for the transfer</h1><p>This page goes on by itself once the money has arrived.</p></section>`,
    { refresh: 2 },
  );
}

/** A page that takes no payment any more; the way on leads back to the shop. */
export function closedPage(link: Link, title: string, words: string, returnUrl: string): string {
  return page(
    title,
    link,
    `<section class="sheet"><h1>${title}</h1><p>${words}</p><a class="button main" href="${escapeText(returnUrl)}">Return to the shop</a></section>`,
  );
}

export function unknownPage(): string {
  return page(
    "No such payment",
    null,
    `<section class="sheet"><h1>No such payment</h1><p>This address belongs to no payment. Nothing was charged. Go back to the shop and start again.</p></section>`,
  );
}
