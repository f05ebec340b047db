/**
 * Returns the one value of that name in this process, made by `create` on first use.
 *
 * Next bundles a second copy of `lib/` for the pages, in the same process as the API's copy. State
 * that must exist once (pools, limiters, the worker) is therefore kept on `globalThis`.
 */
export function processGlobal<T>(name: string, create: () => T): T {
  const key = Symbol.for(`tollbooth.${name}`);
  const store = globalThis as unknown as Record<symbol, { value: T } | undefined>;
  const existing = store[key];
  if (existing) return existing.value;
  const value = create();
  store[key] = { value };
  return value;
}
