import { invalidField } from "../domain/errors.ts";

/** One page of a list, newest first; `nextCursor` is null on the last one. */
export type Page<T> = { items: T[]; nextCursor: string | null };

const maxId = 2 ** 31 - 1;

/** Reads a cursor that `pageOf` made. Throws `invalid_request` on anything else. */
export function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const match = /^v1_([1-9]\d{0,9})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  const id = BigInt(match?.[1] ?? 0);
  if (id < 1n || id > BigInt(maxId)) throw invalidField("cursor", "This cursor is not readable.");
  return Number(id);
}

/** Makes a page of rows that were read with one more than the limit. */
export function pageOf<T extends { id: number }>(rows: T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items,
    nextCursor: more ? Buffer.from(`v1_${last.id}`, "latin1").toString("base64url") : null,
  };
}
