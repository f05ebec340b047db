import { alertKinds } from "../domain/case.ts";
import { askQuickly } from "./client.ts";

export type DatabaseHealth = {
  /** A rule of the books is known to be broken. */
  hasOpenAlert: boolean;
  /** When the books were last checked; null when they never were. */
  booksCheckedAt: Date | null;
};

/** What the database says of itself and of the books, in one statement; null when it does not answer. */
export async function askDatabaseHealth(): Promise<DatabaseHealth | null> {
  const rows = await askQuickly<DatabaseHealth>(
    `SELECT EXISTS (SELECT 1 FROM cases WHERE status = 'open' AND kind = ANY ($1)) AS "hasOpenAlert",
            (SELECT at FROM audit_events WHERE entity = 'books' AND entity_id = 'books'
             ORDER BY seq DESC LIMIT 1) AS "booksCheckedAt"`,
    [alertKinds],
  );
  return rows?.[0] ?? null;
}
