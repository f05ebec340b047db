import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nameProblem, newGateway } from "./gateway-new.ts";
import { projectRoot } from "./project.ts";

const run = promisify(execFile);
const copied = ["app", "components", "lib", "prisma", "sandbox", "scripts"];
const files = ["package.json", "tsconfig.json", "vitest.config.ts", "server.ts"];

describe("npm run gateway:new", () => {
  let root: string;
  let written: string[];

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), "tollbooth-gateway-"));
    for (const name of [...copied, ...files]) {
      if (!existsSync(path.join(projectRoot, name))) continue;
      await cp(path.join(projectRoot, name), path.join(root, name), { recursive: true });
    }
    await symlink(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
    written = await newGateway(root, "acme");
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test("writes adapter, stand-in, checkout's part and contract test, and enters them", async () => {
    expect(written).toEqual(
      expect.arrayContaining([
        "lib/gateways/acme/acme-gateway.ts",
        "lib/gateways/acme/contract.test.ts",
        "sandbox/acme/acme-stand-in.ts",
        "components/checkout/gateways/acme-method.tsx",
        "lib/gateways/registry.ts",
      ]),
    );
    const texts = await Promise.all(written.map((file) => readFile(path.join(root, file), "utf8")));
    const mine = texts.filter((_, index) => written[index]?.includes("acme"));
    expect(mine.join("\n")).not.toMatch(/template|as string as/i);
    const endpoints = await readFile(path.join(root, "lib/gateways/endpoints.ts"), "utf8");
    const offsets = [...endpoints.matchAll(/offset: (\d+)/g)].map(([, digits]) => digits);
    expect(new Set(offsets).size).toBe(offsets.length);
  });

  test("makes a gateway that the compiler takes and that passes the contract", async () => {
    const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
    const reportFile = path.join(root, "report.json");
    // Another run of its own: nothing of this one's settings.
    const { PATH, HOME } = process.env;
    const env = { NODE_ENV: "test" as const, PATH, HOME };
    await run(
      process.execPath,
      [vitest, "run", "lib/gateways/acme", "--reporter=json", `--outputFile=${reportFile}`],
      { cwd: root, env, timeout: 400_000, maxBuffer: 64 * 1024 * 1024 },
    ).catch(() => undefined);
    const report = JSON.parse(await readFile(reportFile, "utf8")) as Record<string, number>;
    expect(report["numFailedTests"]).toBe(0);
    expect(report["numPassedTests"]).toBeGreaterThan(20);
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const compiled = await run(process.execPath, [tsc, "--incremental", "false"], {
      cwd: root,
      timeout: 400_000,
    }).catch((error: { stdout: string }) => error);
    const errors = compiled.stdout.split("\n").filter((line) => /^\S.*error TS/.test(line));
    const about = errors.filter((line) => /acme/i.test(line) || !line.includes(".test.ts"));
    expect(about).toEqual([]);
  }, 900_000);

  test("writes nothing where the name is taken or not good", async () => {
    for (const name of ["acme", "stripe", "dummy"]) {
      expect(await nameProblem(root, name)).toBe(`There is a gateway called ${name} already.`);
    }
    for (const name of ["", "Acme", "a", "my-pay", "9pay", "../x", "a".repeat(21), "template"]) {
      expect(await nameProblem(root, name)).not.toBeNull();
      await expect(newGateway(root, name)).rejects.toThrow();
    }
  });
});
