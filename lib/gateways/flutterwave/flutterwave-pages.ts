// Flutterwave's lists, page by page.
import { z } from "zod";
import type { GatewayAccount } from "../gateway.ts";
import { callFlutterwave, type ApiAnswer } from "./flutterwave-api.ts";

/** A list longer than this is not read to its end in the time that there is. */
const maxPages = 200;

const pageInfo = z.object({ page_info: z.object({ total_pages: z.coerce.number().int() }) });

type Trouble = Exclude<ApiAnswer, { kind: "success" }>;

/** Why a list was not read; thrown by `readPages`. */
export class ListTrouble extends Error {
  override readonly name = "ListTrouble";
  /** In a word or two, as an outcome's detail. */
  readonly detail: string;

  constructor(trouble: Trouble) {
    const detail = trouble.kind === "refused" ? "the list is refused" : trouble.detail;
    super(`Flutterwave's list could not be read: ${detail}.`);
    this.detail = detail;
  }
}

/** `2026-11-25`, the form of dates in Flutterwave's filters. */
export function dayText(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/**
 * The rows of a list between two days, both included, the newest first as the service gives them. A row
 * that is added meanwhile moves others to a later page, so one may come twice. Throws `ListTrouble`, and
 * where a row cannot be read: a list with a hole is none.
 */
export async function* readPages<S extends z.ZodType>(
  account: GatewayAccount,
  path: string,
  { from, to }: { from: Date; to: Date },
  row: S,
): AsyncIterable<z.output<S>[]> {
  const days = new URLSearchParams({ from: dayText(from), to: dayText(to) });
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await callFlutterwave(account, `${path}?${days}&page=${page}`);
    if (answer.kind !== "success") throw new ListTrouble(answer);
    const rows = z.array(row).safeParse(answer.data);
    const info = pageInfo.safeParse(answer.meta);
    if (!rows.success) throw new ListTrouble({ kind: "unknown", detail: "unreadable list" });
    yield rows.data;
    // Where the number of pages is not told, a page without rows is the end.
    const isLast = info.success ? page >= info.data.page_info.total_pages : rows.data.length === 0;
    if (isLast) return;
  }
  throw new ListTrouble({ kind: "unknown", detail: "the list is too long" });
}
