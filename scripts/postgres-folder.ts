/** Where a PostgreSQL cluster lives on disk, made ready for the user who runs it. */
import { createHash, randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { lockFolder } from "./folder-lock.ts";
import {
  isRoot,
  mayEnter,
  postgresEnvironment,
  postgresIdentity,
  postgresPrograms,
  sharedFolder,
} from "./postgres-binaries.ts";
import { runCommand, type Identity } from "./run-command.ts";
import { Refusal } from "./terminal.ts";

/** A cluster on disk, whether running or not. */
export type Cluster = {
  dataFolder: string;
  programs: string;
  identity: Identity;
  credentials: Credentials;
  logFile: string;
  /** Said to the person who started it, where something is not where they would look for it. */
  note: string | undefined;
  /** Gives up the sole right to run a server on this cluster. */
  release: () => void;
};

/** How to reach a cluster; kept in `database.json`, readable by its owner only. */
export type Credentials = { port: number; user: string; password: string };

const clusterVersion = "18";

/** Finds or creates the cluster of a state folder: `postgres/`, `database.json` and `postgres.log` in it. */
export async function openCluster(stateFolder: string): Promise<Cluster> {
  await mkdir(stateFolder, { recursive: true });
  const place = await choosePlace(stateFolder);
  const release = await lockFolder(
    place.dataFolder,
    `Tollbooth is already running on ${place.dataFolder}: stop that one first.`,
  );
  const programs = await postgresPrograms(place.identity);
  const exists = await inspect(place.dataFolder);
  const credentials = exists
    ? await existingCredentials(stateFolder, place.dataFolder)
    : await createCluster(stateFolder, place.dataFolder, programs, place.identity);
  return {
    ...place,
    programs,
    credentials,
    release,
    logFile: path.join(stateFolder, "postgres.log"),
  };
}

/** The stored credentials of a state folder, or undefined when there is no database yet. */
export async function readCredentials(stateFolder: string): Promise<Credentials | undefined> {
  const text = await readFile(credentialsPath(stateFolder), "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Refusal(`${credentialsPath(stateFolder)} cannot be read: ${String(error)}`);
  });
  return text === undefined ? undefined : (JSON.parse(text) as Credentials);
}

/** Stores the credentials with mode 0600, whole or not at all. */
export async function writeCredentials(
  stateFolder: string,
  credentials: Credentials,
): Promise<void> {
  const file = credentialsPath(stateFolder);
  await writeFile(`${file}.new`, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function credentialsPath(stateFolder: string): string {
  return path.join(stateFolder, "database.json");
}

async function existingCredentials(stateFolder: string, dataFolder: string): Promise<Credentials> {
  const credentials = await readCredentials(stateFolder).catch(() => undefined);
  if (credentials) return credentials;
  throw new Refusal(
    `There is a database in ${dataFolder}, but ${credentialsPath(stateFolder)} with its password is missing or unreadable: put it back, or remove the database to begin anew.`,
  );
}

type Place = Pick<Cluster, "dataFolder" | "identity" | "note">;

/**
 * `postgres/` in the state folder; but when we are root and the folder's path is closed to the user
 * who must run the server (a clone below /root, say), a folder under /var/lib with a link to it.
 */
async function choosePlace(stateFolder: string): Promise<Place> {
  const here = path.join(stateFolder, "postgres");
  const link = await readlink(here).catch(() => undefined);
  if (link !== undefined) return await settle(path.resolve(stateFolder, link), undefined);

  const identity = await postgresIdentity();
  if (!isRoot || (await mayEnter(stateFolder, identity))) return await settle(here, undefined);

  const hash = createHash("sha256")
    .update(await realpath(stateFolder))
    .digest("hex")
    .slice(0, 12);
  const elsewhere = path.join(sharedFolder, hash, "postgres");
  await mkdir(path.dirname(elsewhere), { recursive: true, mode: 0o755 });
  // A clone that worked here and was then moved behind a closed folder brings its data along.
  if (await lstat(here).catch(() => undefined)) await runCommand("mv", [here, elsewhere]);
  await symlink(elsewhere, here);
  return await settle(
    elsewhere,
    `the database is in ${elsewhere}, as PostgreSQL does not run as root and no other user may enter ${stateFolder}`,
  );
}

/** Root runs the server as whoever owns the data, so that a user's own clone stays that user's. */
async function settle(dataFolder: string, note: string | undefined): Promise<Place> {
  await mkdir(path.dirname(dataFolder), { recursive: true, mode: 0o755 });
  const identity = await postgresIdentity();
  const owner = await stat(dataFolder).catch(() => undefined);
  if (!owner) return { dataFolder, identity, note };
  if (isRoot && owner.uid !== 0) {
    return { dataFolder, identity: { uid: owner.uid, gid: owner.gid }, note };
  }
  if (isRoot) await runCommand("chown", ["-R", `${identity.uid}:${identity.gid}`, dataFolder]);
  else if (owner.uid !== process.getuid?.()) {
    throw new Refusal(
      `${dataFolder} belongs to another user: start it as that user, or remove it to begin anew.`,
    );
  }
  return { dataFolder, identity, note };
}

/** Whether the folder holds a cluster that our programs can serve; false when it is yet to be made. */
async function inspect(dataFolder: string): Promise<boolean> {
  const entries = await readdir(dataFolder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new Refusal(`${dataFolder} is not a folder that can be read: remove it to begin anew.`);
  });
  if (entries.length === 0) return false;
  const version = await readFile(path.join(dataFolder, "PG_VERSION"), "utf8").catch(() => "");
  if (version.trim() === clusterVersion) return true;
  throw new Refusal(
    version === ""
      ? `${dataFolder} is not a PostgreSQL database: remove it to begin anew.`
      : `${dataFolder} is of PostgreSQL ${version.trim()} and this is ${clusterVersion}: dump and restore it, or remove it to begin anew.`,
  );
}

/** Makes the cluster beside its place and renames it, so that an interrupted start leaves no half of one. */
async function createCluster(
  stateFolder: string,
  dataFolder: string,
  programs: string,
  identity: Identity,
): Promise<Credentials> {
  const credentials = {
    port: 0,
    user: "tollbooth",
    password: randomBytes(24).toString("base64url"),
  };
  const half = `${dataFolder}.new`;
  const passwordFile = `${dataFolder}.password`;
  try {
    await rm(half, { recursive: true, force: true });
    await mkdir(half, { mode: 0o700 });
    await writeFile(passwordFile, credentials.password, { mode: 0o600 });
    for (const file of [half, passwordFile]) await give(file, identity);
    await initialise(half, passwordFile, programs, identity);
    await writeCredentials(stateFolder, credentials);
    await rm(dataFolder, { recursive: true, force: true });
    await rename(half, dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(half, { recursive: true, force: true });
  }
  return credentials;
}

async function give(file: string, identity: Identity): Promise<void> {
  if (identity.uid === undefined || identity.gid === undefined) return;
  await chown(file, identity.uid, identity.gid);
  await chmod(file, (await stat(file)).isDirectory() ? 0o700 : 0o600);
}

async function initialise(
  dataFolder: string,
  passwordFile: string,
  programs: string,
  identity: Identity,
): Promise<void> {
  const finished = await runCommand(
    path.join(programs, "bin/initdb"),
    [
      `--pgdata=${dataFolder}`,
      "--username=tollbooth",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // The server's own locale: sorts alike on every machine, whatever locales that has installed.
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ],
    { ...identity, env: postgresEnvironment },
  );
  if (finished.code === 0) return;
  if (finished.output.includes("No space left")) {
    throw new Refusal(`There is no space left on the disk for a database in ${dataFolder}.`);
  }
  throw new Refusal(
    `PostgreSQL could not create a database in ${dataFolder}: ${lastLine(finished.output)}`,
  );
}

function lastLine(output: string): string {
  const lines = output.trim().split("\n");
  return (lines.findLast((line) => line.includes("error")) ?? lines.at(-1) ?? "").trim();
}
