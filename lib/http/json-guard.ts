import { PaymentError } from "../domain/errors.ts";

// No request of ours nests deeper than four; the rest is room.
const maxDepth = 20;

// Names through which a careless merge would reach a prototype.
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

function refused(message: string): PaymentError {
  return new PaymentError("invalid_request", message);
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

/**
 * Walks a parsed JSON value and throws `invalid_request` on what no schema should have to think of:
 * text that cannot be stored, keys that reach a prototype, nesting without end. It goes no deeper than
 * it allows, so the walk itself is bounded.
 */
export function checkJson(value: unknown, depth = 0): void {
  if (typeof value === "string") {
    if (!isStorableText(value))
      throw refused("A text holds a NUL character or half of a surrogate pair.");
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (depth >= maxDepth) throw refused(`The body is nested deeper than ${maxDepth} levels.`);
  if (Array.isArray(value)) {
    for (const item of value) checkJson(item, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (forbiddenKeys.has(key)) throw refused(`A field may not be named ${key}.`);
    if (!isStorableText(key))
      throw refused("A field's name holds a character that is not allowed.");
    checkJson(item, depth + 1);
  }
}
