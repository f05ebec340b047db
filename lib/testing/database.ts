import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { createDatabase, startThrowaway } from "../../scripts/database.ts";
import { migrate } from "../../scripts/migrate.ts";
import { prepareJobs } from "../jobs/prepare-jobs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A migrated database to copy, with its server. */
    templateDatabaseUrl: string;
    testSecrets: { JWT_SECRET: string; NEXTAUTH_SECRET: string; MASTER_KEY: string };
  }
}

/** Starts a throw-away PostgreSQL with one migrated database, job queues included, that every test file copies. */
export default async function startTestDatabase(
  project: TestProject,
): Promise<() => Promise<void>> {
  const database = await startThrowaway();
  const template = new URL(database.url);
  template.pathname = "/tollbooth_template";
  await createDatabase(database.url, "tollbooth_template");
  await migrate(template.href);
  await prepareJobs(template.href);
  project.provide("templateDatabaseUrl", template.href);
  const secret = (): string => randomBytes(32).toString("hex");
  project.provide("testSecrets", {
    JWT_SECRET: secret(),
    NEXTAUTH_SECRET: secret(),
    MASTER_KEY: secret(),
  });
  return () => database.stop();
}
