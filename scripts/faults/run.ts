/**
 * `npm run test:faults`: breaks everything around the money path and holds the books against what the
 * clients were told. Prints its seed; `SEED=N` brings the same plan again. A seed has every fault of every
 * gateway and a part of what is done to servers and PostgreSQL; with `FAULTS_SIZE=whole` all of that too,
 * with `FAULTS_SIZE=short` a part of each, as in `npm test`. `FAULTS_SEEDS=20` runs so many seeds,
 * `FAULTS_MINUTES=30` as many as go into that time. `FAULTS_GATEWAY=stripe` keeps to that gateway,
 * `FAULTS_AT_ONCE=2` runs two seeds side by side.
 * `FAULTS_ONLY=text` runs the scenarios whose name or rows have it, `FAULTS_SCENARIO=thousand` that one.
 */
import { randomInt } from "node:crypto";
import { gatewayNames } from "#lib/domain/payment";
import { buildPages } from "../build.ts";
import { generateClient } from "../generate.ts";
import { runInScope } from "../scope.ts";
import { runFaults } from "./suite.ts";

function number(name: string): number | undefined {
  const text = process.env[name];
  if (!text) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Error(`${name}=${text} is not a number above 0`);
  return value;
}

function oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
  const text = process.env[name];
  if (!text) return undefined;
  const value = values.find((one) => one === text);
  if (value === undefined) throw new Error(`${name}=${text} is none of ${values.join(", ")}`);
  return value;
}

await runInScope(
  async (scope) => {
    const minutes = number("FAULTS_MINUTES");
    const gateway = oneOf("FAULTS_GATEWAY", gatewayNames);
    await generateClient();
    if (process.env["FAULTS_BUILD"] !== "present") await buildPages(scope);
    const { passed, failed } = await runFaults(scope, {
      firstSeed: number("SEED") ?? randomInt(1, 1_000_000),
      seeds: number("FAULTS_SEEDS") ?? 1,
      ...(minutes === undefined ? {} : { untilMs: Date.now() + minutes * 60_000 }),
      size: oneOf("FAULTS_SIZE", ["short", "gateways", "whole"]) ?? "gateways",
      atOnce: number("FAULTS_AT_ONCE") ?? 1,
      ...(gateway === undefined ? {} : { gateway }),
      only: process.env["FAULTS_ONLY"] || process.env["FAULTS_SCENARIO"] || "",
    });
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  },
  () => 130,
);
