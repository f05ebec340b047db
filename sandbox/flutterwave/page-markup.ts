/** The look of Flutterwave's page in the sandbox. Plain HTML: it works without scripts. */
import { displayMoney } from "#lib/domain/money";
import { minorOf } from "./documents.ts";

const style = `
:root { color-scheme: light dark; --ground: #f4f5f7; --sheet: #fff; --ink: #1c2430; --soft: #5a6473;
  --line: #d5dae1; --main: #0b6b4f; --on-main: #fff; --note: #fff3d6; --on-note: #5b4300;
  --bad: #fde8e8; --on-bad: #8a1c1c; --edge: #7a8494; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --sheet: #1b212a; --ink: #eef1f5;
  --soft: #a7b0bd; --line: #343d4a; --main: #4fd1a5; --on-main: #06251b; --note: #3a2f10;
  --on-note: #ffe3a1; --bad: #43191b; --on-bad: #ffc9c9; --edge: #8994a4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.banner { background: var(--note); color: var(--on-note); padding: .6rem 1rem; text-align: center;
  font-size: .875rem; }
main { max-width: 27rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem; margin-bottom: 1rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; align-items: baseline;
  margin-bottom: 1rem; }
header span { color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
header strong { font-size: 1.375rem; white-space: nowrap; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; } h2 { font-size: 1rem; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; } .soft { color: var(--soft); font-size: .875rem; }
label { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .25rem; }
input { width: 100%; font: inherit; color: inherit; background: transparent; padding: .625rem .75rem;
  border: 1px solid var(--edge); border-radius: .5rem; margin-bottom: 1rem; min-height: 2.75rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
button, .button { font: inherit; font-weight: 600; border-radius: .5rem; min-height: 2.75rem;
  padding: .5rem 1rem; border: 1px solid var(--edge); background: transparent; color: inherit;
  cursor: pointer; width: 100%; text-align: center; text-decoration: none; display: inline-block; }
.main { background: var(--main); color: var(--on-main); border-color: var(--main); }
button + button, form + form { margin-top: .75rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
.bad { background: var(--bad); color: var(--on-bad); border-radius: .5rem; padding: .75rem;
  margin-bottom: 1rem; }
details summary { cursor: pointer; font-weight: 600; font-size: .875rem; padding: .25rem 0; }
details p { margin: .5rem 0; }
::placeholder { color: var(--soft); opacity: 1; } a { color: inherit; }
td a { display: inline-block; padding-bottom: .25rem; }
table { width: 100%; border-collapse: collapse; font-size: .8125rem; margin-top: .5rem; }
th, td { text-align: left; padding: .375rem .5rem .375rem 0; border-top: 1px solid var(--line);
  vertical-align: top; } td.digits { font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); font-size: .875rem; } dd { margin: 0; font-weight: 600; }
`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark] ?? "");
}

export function money({ amount, currency }: { amount: string; currency: string }): string {
  return displayMoney(minorOf(amount, currency), currency);
}

/** A whole page. `body` is markup; `refresh`: it loads itself again after that many seconds. */
export function page(
  title: string,
  about: { amount: string; currency: string; title: string } | null,
  body: string,
  { refresh, error }: { refresh?: number; error?: string } = {},
): string {
  const head =
    about === null
      ? ""
      : `<header><span>${escapeText(about.title) || "Payment"}</span><strong>${money(about)}</strong></header>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh === undefined ? "" : `<meta http-equiv="refresh" content="${refresh}">`}
<meta name="robots" content="noindex"><title>${escapeText(title)} · Flutterwave sandbox</title>
<style>${style}</style></head><body>
<div class="banner" role="note"><strong>Sandbox.</strong> This page stands in for Flutterwave's. No real money moves.</div>
<main>${head}${error ? `<div class="bad" role="alert">${escapeText(error)}</div>` : ""}${body}</main>
</body></html>`;
}

type Field = {
  name: string;
  label: string;
  autocomplete?: string;
  numeric?: boolean;
  pattern?: string;
  hint?: string;
  secret?: boolean;
  focus?: boolean;
  value?: string;
};

export function field({
  name,
  label,
  hint,
  pattern,
  focus,
  numeric = true,
  secret = false,
  autocomplete = "off",
  value = "",
}: Field): string {
  return `<label for="${name}">${label}</label><input id="${name}" name="${name}" required autocomplete="${autocomplete}"${numeric ? ' inputmode="numeric"' : ""}${
    secret ? ' type="password"' : ""
  }${pattern ? ` pattern="${pattern}"` : ""}${hint ? ` placeholder="${hint}"` : ""}${focus ? " autofocus" : ""}${value ? ` value="${escapeText(value)}"` : ""}>`;
}

/** A form that posts to an address of this origin; `buttons` are its markup. */
export function form(action: string, body: string, label?: string): string {
  return `<form method="post" action="${escapeText(action)}"${label ? ` aria-label="${escapeText(label)}"` : ""}>${body}</form>`;
}

export function button(text: string, { value = "", main = false } = {}): string {
  const choice = value === "" ? "" : ` name="choice" value="${value}" formnovalidate`;
  return `<button type="submit"${main ? ' class="main"' : ""}${choice}>${escapeText(text)}</button>`;
}
