/** The settings that the demo makes for itself. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { stateFolder } from "./project.ts";
import { errorCode, Refusal } from "./terminal.ts";

const secretNames = ["JWT_SECRET", "NEXTAUTH_SECRET", "MASTER_KEY"] as const;
type Secrets = Record<(typeof secretNames)[number], string>;

/** Generous enough for a load test, unless others are given. */
const limits = {
  RATE_LIMIT_READ: "6000/1m",
  RATE_LIMIT_WRITE: "3000/1m",
  RATE_LIMIT_TOKEN: "600/1m",
};

/** The environment of the demo's processes. What the person has set themselves goes before our own. */
export async function demoEnvironment(databaseUrl: string): Promise<NodeJS.ProcessEnv> {
  return {
    PORT: "8000",
    LOG_LEVEL: "warn",
    ...limits,
    ...(await keptSecrets()),
    AUDIT_HEAD_FILE: demoHeadFile(databaseUrl),
    ...setVariables(),
    DATABASE_URL: databaseUrl,
    TOLLBOOTH_MODE: "demo",
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

/**
 * Where the demo tells the blocks of the sealed audit: a file a database. The port is no part of its
 * name, as the embedded server may get another at each start.
 */
export function demoHeadFile(databaseUrl: string): string {
  const { username, password, hostname, pathname } = new URL(databaseUrl);
  const database = [username, password, hostname, pathname].join("\n");
  const name = createHash("sha256").update(database).digest("hex").slice(0, 12);
  return path.join(stateFolder, "audit-heads", `${name}.jsonl`);
}

/** An empty variable means "not set", as in lib/env.ts. */
function setVariables(): NodeJS.ProcessEnv {
  const set = Object.entries(process.env).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(set), NODE_ENV: "production" };
}

/** Three random secrets, made once and kept with mode 0600: stored gateway keys depend on them. */
async function keptSecrets(): Promise<Secrets> {
  const file = path.join(stateFolder, "secrets.json");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new Refusal(
      `${file} cannot be read (${errorCode(error) ?? "unknown reason"}): it holds the demo's secrets.`,
    );
  });
  if (text !== undefined) return readSecrets(file, text);
  const made = Object.fromEntries(
    secretNames.map((name) => [name, randomBytes(36).toString("base64url")]),
  );
  await mkdir(stateFolder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made as Secrets;
}

function readSecrets(file: string, text: string): Secrets {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const kept = value as Partial<Secrets> | null | undefined;
  if (secretNames.every((name) => typeof kept?.[name] === "string")) return kept as Secrets;
  throw new Refusal(
    `${file} is broken: put it back, or remove it and .data/postgres to begin anew.`,
  );
}
