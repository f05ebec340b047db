/** A word of a table, or undefined. Only the table's own: a key such as "constructor" finds nothing. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
