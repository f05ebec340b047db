/** `npm run dev`: Next's own development server on the demo's database, with the demo's secrets. */
import path from "node:path";
import { prepareJobs } from "../lib/jobs/prepare-jobs.ts";
import { demoEnvironment } from "./demo-environment.ts";
import { startEmbedded } from "./database.ts";
import { generateClient } from "./generate.ts";
import { migrate } from "./migrate.ts";
import { projectRoot, stateFolder } from "./project.ts";
import { runInScope } from "./scope.ts";

await runInScope(
  async (scope) => {
    await generateClient();
    const given = process.env["DATABASE_URL"];
    const url = given || (await scope.start(startEmbedded(stateFolder))).url;
    await migrate(url);
    // The worker makes the queues where there is one.
    await prepareJobs(url);
    const env = await demoEnvironment(url);
    await scope.run(process.execPath, [path.join(projectRoot, "scripts/seed.ts")], env);
    const next = path.join(projectRoot, "node_modules/next/dist/bin/next");
    return await scope.run(process.execPath, [next, "dev", "--port", env["PORT"] ?? "8000"], {
      ...env,
      NODE_ENV: "development",
    });
  },
  () => 0,
);
