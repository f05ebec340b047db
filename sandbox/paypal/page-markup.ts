/** The look of PayPal's page in the sandbox. Plain HTML: it works without scripts. */

const style = `
:root { color-scheme: light dark; --ground: #f5f6f8; --sheet: #fff; --ink: #1b2533; --soft: #566175;
  --line: #d6dbe3; --edge: #78839a; --main: #1f4fbf; --on-main: #fff; --note: #fff3d6; --on-note: #5b4300; }
@media (prefers-color-scheme: dark) { :root { --ground: #11151b; --sheet: #1a2029; --ink: #eef1f6;
  --soft: #a9b3c2; --line: #343d4b; --edge: #8893a6; --main: #9dbcff; --on-main: #0c1a38;
  --note: #3a2f10; --on-note: #ffe3a1; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.banner { background: var(--note); color: var(--on-note); padding: .6rem 1rem; text-align: center;
  font-size: .875rem; }
main { max-width: 27rem; margin: 1.5rem auto 3rem; padding: 0 1rem; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; }
h1 { font-size: 1.25rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; } .soft { color: var(--soft); font-size: .875rem; }
form + .soft { margin: 1rem 0 0; }
.total { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem;
  border-block: 1px solid var(--line); padding: .75rem 0; }
.total span { color: var(--soft); overflow-wrap: anywhere; }
.total strong { font-size: 1.375rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; } legend { font-weight: 600; padding: 0; margin-bottom: .5rem; }
.choice { display: flex; gap: .75rem; align-items: flex-start; border: 1px solid var(--line);
  border-radius: .5rem; padding: .75rem; margin-bottom: .5rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--main); box-shadow: inset 0 0 0 1px var(--main); }
.choice input { width: 1.125rem; height: 1.125rem; margin: .2rem 0 0; accent-color: var(--main); flex: none; }
.choice b { display: block; font-weight: 600; } .choice small { color: var(--soft); font-size: .875rem; }
button { font: inherit; font-weight: 600; border-radius: .5rem; min-height: 2.75rem; width: 100%;
  padding: .5rem 1rem; border: 1px solid var(--edge); background: transparent; color: inherit; cursor: pointer; }
button + button { margin-top: .75rem; }
.main { background: var(--main); color: var(--on-main); border-color: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
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

/** A whole page; `body` is markup. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeText(title)} · PayPal sandbox</title>
<style>${style}</style></head><body>
<div class="banner" role="note"><strong>Sandbox.</strong> This page stands in for PayPal's. No real money moves.</div>
<main><div class="sheet">${body}</div></main>
</body></html>`;
}
