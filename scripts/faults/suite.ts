/** Runs seeds of faults, one after the other, on one shop. */
import type { Scope } from "../scope.ts";
import type { GatewayName } from "#lib/domain/payment";
import { planOf, type Plan, type PlanSize } from "./plan.ts";
import { compareBooks, compareMessages, runCheck, untilQuiet } from "./quiet.ts";
import { seeded } from "./random.ts";
import { Report, type Counts } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { setUp } from "./setup.ts";
import { thousand } from "./thousand-scenario.ts";
import { claim } from "./claims.ts";
import { World } from "./world.ts";

export type FaultOptions = {
  firstSeed: number;
  seeds: number;
  /** Goes on with new seeds until then. */
  untilMs?: number;
  size: PlanSize;
  /** Only scenarios whose name or rows have that; all where it is empty. */
  only: string;
  /** Only that gateway's payments. */
  gateway?: GatewayName;
  /** So many shops, each with a seed of its own, side by side; most of a seed is waiting. */
  atOnce?: number;
};

/** Prints a line a scenario; begins no other seed after one in which something failed. */
export async function runFaults(scope: Scope, options: FaultOptions): Promise<Counts> {
  const total: Counts = { passed: 0, failed: 0 };
  let begun = 0;
  const nextSeed = (): number | null => {
    const isOver =
      options.untilMs === undefined ? begun >= options.seeds : Date.now() >= options.untilMs;
    if (isOver || total.failed > 0 || scope.stopping) return null;
    begun += 1;
    return options.firstSeed + begun - 1;
  };
  console.log(`seed ${options.firstSeed}`);
  const shops = Array.from({ length: options.atOnce ?? 1 }, () =>
    runShop(scope, options, nextSeed, total),
  );
  await Promise.all(shops);
  return total;
}

/** One shop, for one seed after the other. */
async function runShop(
  scope: Scope,
  options: FaultOptions,
  nextSeed: () => number | null,
  total: Counts,
): Promise<void> {
  const { parts, env } = await setUp(scope, options.gateway);
  const isAlone = (options.atOnce ?? 1) === 1;
  for (let seed = nextSeed(); seed !== null; seed = nextSeed()) {
    const report = new Report(total, isAlone ? "" : `${seed} | `);
    report.say(`seed ${seed}: ${parts.sides.map(({ gateway }) => gateway).join(", ")}`);
    await runSeed(new World(parts, seeded(seed)), options, env, report);
    report.sum(seed);
    if (report.counts.failed === 0) continue;
    const lines = parts.server.lastLines.slice(-12).map((text) => text.slice(0, 400));
    report.say(`again with: SEED=${seed} npm run test:faults`);
    report.say(`the server's last lines:\n${lines.join("\n")}`);
  }
}

function scenariosOf(world: World, { size, only, gateway }: FaultOptions): Plan {
  if (only === "thousand") return { lanes: [], alone: [thousand] };
  const sides = world.parts.sides.filter(
    (side) => gateway === undefined || side.gateway === gateway,
  );
  const plan = planOf(world.random.fork("plan"), only === "" ? size : "whole", sides);
  const fit = (scenarios: readonly Scenario[], lane = ""): Scenario[] =>
    scenarios.filter(({ name, rows }) => `${lane}: ${name} ${rows}`.includes(only));
  return {
    lanes: plan.lanes.map((lane) => ({ ...lane, scenarios: fit(lane.scenarios, lane.gateway) })),
    alone: fit(plan.alone),
  };
}

async function runSeed(
  world: World,
  options: FaultOptions,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> {
  const { lanes, alone } = scenariosOf(world, options);
  await Promise.all(
    lanes.map(async ({ gateway, scenarios }) => {
      const at = world.at(gateway);
      for (const scenario of scenarios) {
        at.scenario = scenario.name;
        await report.run(`${gateway}: ${scenario.name}`, scenario.rows, () =>
          runInLane(at, scenario),
        );
      }
    }),
  );
  for (const scenario of alone) {
    world.scenario = scenario.name;
    await report.run(scenario.name, scenario.rows, () => runAlone(world, scenario));
  }
  await report.run("everything comes to rest", "all", () => untilQuiet(world));
  await report.run("clients, database and the gateways' books agree", "all", () =>
    compareBooks(world),
  );
  await report.run("every message came, under one id", "F6", () => compareMessages(world));
  await report.run("check:money", "all", () => runCheck(world, "check-money.ts", env));
  await report.run("check:audit", "all", () => runCheck(world, "check-audit.ts", env));
  await report.run("no answer was a 500 or told what nobody should know", "all", () =>
    judgeAnswers(world),
  );
}

async function runInLane(at: World, scenario: Scenario): Promise<undefined> {
  try {
    await scenario.run(at);
  } finally {
    await at.clearGateway();
  }
}

async function runAlone(world: World, scenario: Scenario): Promise<undefined> {
  try {
    await scenario.run(world);
  } finally {
    // The next one begins with everything whole again.
    world.proxy.heal();
    await world.clearGateways();
    if (!world.server.isUp) await world.server.start();
  }
}

async function judgeAnswers({ api, otherApi, server, second, parts }: World): Promise<string> {
  const offences = [...api.offences, ...otherApi.offences];
  claim(offences.length === 0, offences.slice(0, 10).join("\n"));
  claim(server.isUp && (await server.isHealthy()), "the server is not up");
  claim(parts.sandbox.isUp, "the sandbox's process has ended");
  const deaths = server.unexpectedDeaths + second.unexpectedDeaths;
  claim(deaths === 0, `a server died by itself ${deaths} times`);
  return [...api.counts].map(([status, count]) => `${count} x ${status}`).join(", ");
}
