/** The look of Stripe's frames and pages in the sandbox. */
import { html, type Reply } from "../stand-in.ts";

const light = `--page: #f6f7f9; --sheet: #fff; --field: #fff; --ink: #1a1f2b; --soft: #5c6474;
  --line: #8d95a5; --quiet: #d9dde4; --main: #4f46c8; --on-main: #fff; --bad: #b3261e; --note: #fff1cf;
  --on-note: #5a4100; color-scheme: light;`;
const dark = `--page: #12141a; --sheet: #1b1f28; --field: #20252f; --ink: #eef0f4; --soft: #aab1bf;
  --line: #747d8e; --quiet: #353c49; --main: #a8a2ff; --on-main: #15123f; --bad: #ff9d93; --note: #3b300f;
  --on-note: #ffe2a0; color-scheme: dark;`;

const style = `
:root { ${light} --radius: .5rem; }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { ${dark} } }
:root[data-theme="dark"] { ${dark} }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
body.page { background: var(--page); } body.sheet { background: var(--sheet); }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem; }
.frame { padding: .25rem; }
.badge { display: inline-block; background: var(--note); color: var(--on-note); border-radius: 999px;
  padding: .125rem .625rem; font-size: .75rem; font-weight: 700; }
.top { display: flex; flex-wrap: wrap; gap: .25rem .5rem; align-items: center; margin-bottom: .75rem;
  font-size: .8125rem; color: var(--soft); }
label, .label { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .25rem; }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit;
  background: var(--field); border: 1px solid var(--line); border-radius: var(--radius);
  font-variant-numeric: tabular-nums; }
input::placeholder { color: var(--soft); opacity: 1; }
input[aria-invalid="true"] { border-color: var(--bad); }
.problem { color: var(--bad); font-size: .8125rem; margin: .25rem 0 0; }
.problem:empty { display: none; }
.field { margin-bottom: .75rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
:focus-visible { outline: 2px solid var(--main); outline-offset: 1px; }
.cards { display: flex; flex-wrap: wrap; gap: .5rem; }
button { display: inline-flex; align-items: center; justify-content: center; font: inherit; color: inherit; cursor: pointer; border-radius: var(--radius);
  border: 1px solid var(--line); background: transparent; min-height: 2.75rem; padding: .375rem .75rem; }
.cards button { font-size: .8125rem; min-height: 2.25rem; padding: .25rem .625rem; }
.main { background: var(--main); border-color: var(--main); color: var(--on-main); }
.answers { display: grid; gap: .75rem; } .answers button { width: 100%; font-weight: 600; }
details { margin-top: .5rem; } summary { cursor: pointer; font-size: .8125rem; padding: .375rem 0; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .5rem; } p { margin: 0 0 1rem; }
.amount { font-size: 1.5rem; font-weight: 700; } .soft { color: var(--soft); font-size: .875rem; }
@media (pointer: coarse) { .cards button { min-height: 2.75rem; } }
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

/** A page or a frame's content. `body` is markup; `script`: a script of this origin. */
export function page(
  status: number,
  title: string,
  body: string,
  { bodyAttributes = 'class="page"', script = "" } = {},
): Reply {
  const markup = `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeText(title)} · Stripe sandbox</title>
<style>${style}</style></head><body ${bodyAttributes}>${body}
${script === "" ? "" : `<script src="${script}"></script>`}</body></html>`;
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'";
  return {
    ...html(status, markup),
    headers: { "Content-Security-Policy": policy, "Referrer-Policy": "no-referrer" },
  };
}
