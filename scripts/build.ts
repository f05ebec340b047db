/** `npm run build`: builds the pages for production, unless the last build is of the very same sources. */
import { createHash } from "node:crypto";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { lockFolder } from "./folder-lock.ts";
import { generateClient } from "./generate.ts";
import { projectRoot } from "./project.ts";
import { runInScope, type Scope } from "./scope.ts";
import { Refusal } from "./terminal.ts";

const outputFolder = path.join(projectRoot, ".next");
const stampFile = path.join(outputFolder, "tollbooth-stamp");

/** Everything a build is made from; tests are not part of it. */
const sources = [
  "app",
  "components",
  "lib",
  "prisma/schema.prisma",
  "public",
  "next.config.js",
  "package-lock.json",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
];

/** Builds where it is needed; says whether it was. Two at once are refused. */
export async function buildPages(scope: Scope): Promise<boolean> {
  const release = await lockFolder(
    outputFolder,
    "Another build of this folder is running: wait for it.",
  );
  try {
    const stamp = await sourcesHash();
    const present = await readFile(stampFile, "utf8").catch(() => "");
    if (present === stamp) return false;
    await rm(stampFile, { force: true });
    const next = path.join(projectRoot, "node_modules/next/dist/bin/next");
    const code = await scope.runQuietly(process.execPath, [next, "build"], {
      ...process.env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
    });
    if (code !== 0) throw new Refusal("The pages could not be built; the reason is above.");
    await writeFile(stampFile, stamp);
    return true;
  } finally {
    release();
  }
}

async function sourcesHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of await filesOf(path.join(projectRoot, source))) {
      hash.update(`${path.relative(projectRoot, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

/** The files below a folder in a fixed order; the path itself where it is a file. */
async function filesOf(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      return code === "ENOTDIR" ? undefined : [];
    },
  );
  if (entries === undefined) return [place];
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

if (import.meta.main) {
  await runInScope(
    async (scope) => {
      await generateClient();
      const built = await buildPages(scope);
      console.log(built ? "built" : "the build is up to date");
      return 0;
    },
    () => 130,
  );
}
