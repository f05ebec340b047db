import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { expect, test } from "vitest";
import { getConfiguration } from "../db/configurations.ts";
import { aDummyConfiguration } from "../testing/builders.ts";

const project = path.resolve(import.meta.dirname, "../..");
const aSecret = () => randomBytes(36).toString("base64");

/** Runs a program of the project as production would, on the test's own database. */
function run(...command: string[]): Promise<{ code: unknown; output: string }> {
  const env = {
    ...process.env,
    NODE_ENV: "production" as const,
    TOLLBOOTH_MODE: "production",
    JWT_SECRET: aSecret(),
    NEXTAUTH_SECRET: aSecret(),
    MASTER_KEY: aSecret(),
    PORT: "0",
    LOG_LEVEL: "silent",
  };
  return new Promise((resolve) => {
    execFile("node", command, { cwd: project, env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

test("a production server on the demo's data does not start, and says how to switch the dummy gateway off", async () => {
  const id = await aDummyConfiguration();
  const refused = await run("server.ts");
  expect(refused.code).toBe(1);
  expect(refused.output).toContain(
    `payment configuration ${id} (dummy): The dummy gateway is active and takes no money for goods. Switch it off with: npm run gateways -- deactivate ${id}`,
  );
  expect((await run("scripts/gateways.ts")).output).toContain(`${id}  dummy  test  active`);
  const off = await run("scripts/gateways.ts", "deactivate", String(id));
  expect(off).toEqual({ code: 0, output: `Configuration ${id} is off now.\n` });
  expect((await getConfiguration(id)).isActive).toBe(false);
  expect(await run("scripts/gateways.ts", "deactivate", "99999")).toEqual({
    code: 1,
    output: "There is no configuration 99999.\n",
  });
}, 120_000);
