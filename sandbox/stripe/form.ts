/**
 * Bodies and queries as Stripe takes them: forms whose names nest by brackets, `metadata[order]=7`,
 * `expand[]=latest_charge`, `expand[0]=latest_charge`. Values are text.
 */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

const maxDepth = 8;
type Branch = Map<string, Branch | string>;

/** Reads a form. A name that is no proper path (`a[b`, too deep, a value and a map at once) is null. */
export function parseForm(text: string): Form | null {
  const root: Branch = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!put(root, pathOf(name), value)) return null;
  }
  return Object.fromEntries([...root].map(([name, value]) => [name, settled(value)]));
}

function pathOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (!match) return [];
  const inner = [...(match[2] ?? "").matchAll(/\[([^[\]]*)\]/g)].map(([, key = ""]) => key);
  return [match[1] ?? "", ...inner];
}

function put(root: Branch, path: readonly string[], value: string): boolean {
  if (path.length === 0 || path.length > maxDepth) return false;
  let branch = root;
  for (const [depth, part] of path.entries()) {
    const key = part === "" ? String(branch.size) : part;
    if (depth === path.length - 1) {
      if (branch.get(key) instanceof Map) return false;
      branch.set(key, value);
      return true;
    }
    const next = branch.get(key) ?? new Map<string, Branch | string>();
    if (typeof next === "string") return false;
    branch.set(key, next);
    branch = next;
  }
  return true;
}

/** A branch whose keys are 0, 1, 2 … is a list. */
function settled(value: Branch | string): FormValue {
  if (typeof value === "string") return value;
  const entries = [...value].map(([name, inner]): [string, FormValue] => [name, settled(inner)]);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
