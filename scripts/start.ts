/** `npm start`: production. Checks the settings, builds where there is no build, migrates, serves. */
import { EnvError, getEnv } from "#lib/env";
import { buildPages } from "./build.ts";
import { generateClient } from "./generate.ts";
import { migrate } from "./migrate.ts";
import { Scope } from "./scope.ts";
import { describeFailure, Refusal } from "./terminal.ts";

async function prepare(scope: Scope): Promise<void> {
  const env = readSettings();
  await generateClient();
  if (await buildPages(scope)) console.log("built the pages");
  for (const name of await migrate(env.DATABASE_URL)) console.log(`applied migration ${name}`);
}

function readSettings(): ReturnType<typeof getEnv> {
  try {
    return getEnv();
  } catch (error) {
    if (error instanceof EnvError) throw new Refusal(error.message);
    throw error;
  }
}

const scope = new Scope();
const interrupt = (): void => void scope.stop().then(() => process.exit(130));
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
try {
  await prepare(scope);
} catch (error) {
  if (!scope.stopping) console.error(describeFailure(error));
  await scope.stop();
  process.exit(1);
}
// From here on the server answers to signals itself.
process.off("SIGINT", interrupt);
process.off("SIGTERM", interrupt);
Object.assign(process.env, { NODE_ENV: "production" });
await import("../server.ts");
