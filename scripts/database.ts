/** The PostgreSQL that Tollbooth brings along, for the demo, the tests and the developer. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { isRoot, mayEnter, postgresIdentity } from "./postgres-binaries.ts";
import { openCluster, writeCredentials, type Credentials } from "./postgres-folder.ts";
import { startServer, type ServerOptions } from "./postgres-process.ts";

/** A database that is up, and how to stop it if it is ours to stop. */
export type RunningDatabase = {
  url: string;
  /** Resolves when it has ended, asked to or not. */
  exited: Promise<void>;
  stop: () => Promise<void>;
  /** One line for the person who started it, where there is something to know. */
  note: string | undefined;
};

const databaseName = "tollbooth";

/** Starts the embedded PostgreSQL of a state folder, creating it the first time. */
export async function startEmbedded(
  stateFolder: string,
  options: Partial<ServerOptions> = {},
): Promise<RunningDatabase> {
  const cluster = await openCluster(stateFolder);
  try {
    const server = await startServer(cluster, { durable: true, maxConnections: 100, ...options });
    const credentials = { ...cluster.credentials, port: server.port };
    const stop = async (): Promise<void> => {
      await server.stop();
      cluster.release();
    };
    try {
      await writeCredentials(stateFolder, credentials);
      await createDatabase(embeddedUrl(credentials, "postgres"), databaseName);
    } catch (error) {
      await stop();
      throw error;
    }
    return { url: embeddedUrl(credentials), exited: server.exited, stop, note: cluster.note };
  } catch (error) {
    cluster.release();
    throw error;
  }
}

/** The URL of an embedded server's database. */
export function embeddedUrl(credentials: Credentials, database: string = databaseName): string {
  const { user, password, port } = credentials;
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/** An empty embedded PostgreSQL in a temporary folder; `stop` removes it, and so does our death. */
export async function startThrowaway(): Promise<RunningDatabase> {
  const folder = await temporaryFolder();
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const options = { durable: false, maxConnections: 200, removeAfterwards: folder };
    const database = await startEmbedded(folder, options);
    const stop = async (): Promise<void> => {
      await database.stop();
      await remove();
    };
    return { ...database, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs `work` on a throw-away embedded PostgreSQL. */
export async function withThrowawayDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const database = await startThrowaway();
  try {
    return await work(database.url);
  } finally {
    await database.stop();
  }
}

/** Creates the database at the server unless it is there. */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (found.rowCount === 0)
      await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** A new folder for a cluster. As root the server runs as another user, who must be able to enter it. */
export async function temporaryFolder(): Promise<string> {
  const identity = await postgresIdentity();
  const parents = [tmpdir(), "/tmp", "/var/tmp"];
  let parent = tmpdir();
  for (const candidate of parents) {
    if (await mayEnter(candidate, identity)) {
      parent = candidate;
      break;
    }
  }
  const folder = await mkdtemp(path.join(parent, "tollbooth-"));
  if (isRoot) await chmod(folder, 0o711);
  return folder;
}
