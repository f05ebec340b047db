/** A database that the person brings instead of the embedded one. */
import pg from "pg";
import { Refusal } from "./terminal.ts";

/**
 * Gives the URL back once its database answers. Refuses one with accounts in it that are not the
 * demo's: the demo would add an admin with a password that everybody knows.
 */
export async function openGivenDatabase(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const table = await client.query<{ present: boolean }>(
      "select to_regclass('public.users') is not null as present",
    );
    if (!table.rows[0]?.present) return databaseUrl;
    const accounts = await client.query<{ own: boolean; any: boolean }>(
      `select exists (select from users where email = 'shopper@example.com') as own,
              exists (select from users) as any`,
    );
    if (accounts.rows[0]?.any && !accounts.rows[0].own) {
      throw new Refusal(
        "The database at DATABASE_URL has accounts that are not the demo's, and the demo adds some with a known password: give it an empty database.",
      );
    }
    return databaseUrl;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(`The database at DATABASE_URL does not answer: ${reason}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
