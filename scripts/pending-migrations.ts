/** Which migrations a database lacks; without the schema engine, as every start asks. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { projectRoot } from "./project.ts";
import { errorCode } from "./terminal.ts";

export const migrationsPath = path.join(projectRoot, "prisma/migrations");

/** The names in prisma/migrations, oldest first. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(migrationsPath, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The names that the database at `databaseUrl` has not applied to their end, oldest first. */
export async function pendingMigrations(databaseUrl: string): Promise<string[]> {
  const applied = new Set(await appliedMigrations(databaseUrl));
  return (await migrationNames()).filter((name) => !applied.has(name));
}

async function appliedMigrations(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const rows = await client.query<{ migration_name: string }>(
      `select migration_name from _prisma_migrations
       where finished_at is not null and rolled_back_at is null`,
    );
    return rows.rows.map((row) => row.migration_name);
  } catch (error) {
    const undefinedTable = "42P01";
    if (errorCode(error) === undefinedTable) return [];
    throw error;
  } finally {
    await client.end();
  }
}
