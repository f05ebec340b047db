/** Which database the scripts work on. */
import pg from "pg";
import { embeddedUrl } from "./database.ts";
import { readCredentials } from "./postgres-folder.ts";
import { stateFolder } from "./project.ts";
import { Refusal } from "./terminal.ts";

/** DATABASE_URL, or else the embedded database while the demo runs; refuses when there is neither. */
export async function currentDatabaseUrl(): Promise<string> {
  const given = process.env["DATABASE_URL"];
  if (given) return given;
  const credentials = await readCredentials(stateFolder);
  const url = credentials && credentials.port !== 0 ? embeddedUrl(credentials) : undefined;
  if (url && (await answers(url))) return url;
  throw new Refusal(
    'There is no database: DATABASE_URL is not set and the demo is not running (start it with "npm run demo").',
  );
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
