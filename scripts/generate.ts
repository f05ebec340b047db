/** `npm run generate`: writes the Prisma client to prisma/generated, from prisma/schema.prisma. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { projectRoot } from "./project.ts";
import { runCommand } from "./run-command.ts";
import { Refusal, runScript } from "./terminal.ts";

const stampFile = path.join(projectRoot, "prisma/generated/stamp");

/** Generates the client unless it is that of the present schema; says whether it had to. */
export async function generateClient(): Promise<boolean> {
  const prisma = path.dirname(createRequire(import.meta.url).resolve("prisma/package.json"));
  const stamp = createHash("sha256")
    .update(await readFile(path.join(projectRoot, "prisma/schema.prisma")))
    .update(await readFile(path.join(prisma, "package.json")))
    .digest("hex");
  const present = await readFile(stampFile, "utf8").catch(() => "");
  if (present === stamp) return false;

  const cli = path.join(prisma, "build/index.js");
  const finished = await runCommand(process.execPath, [cli, "generate"], {
    cwd: projectRoot,
    env: {
      ...process.env,
      // Generating needs no engine, but the command looks for one first and would download it. Any
      // file that is there ends the search.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  if (finished.code !== 0) {
    throw new Refusal(`The Prisma client could not be generated:\n${finished.output.trim()}`);
  }
  await writeFile(stampFile, stamp);
  return true;
}

if (import.meta.main) {
  await runScript(async () => {
    const generated = await generateClient();
    console.log(generated ? "generated the Prisma client" : "the Prisma client is up to date");
  });
}
