/** Runs seeds of faults, one after the other, on one shop. */
import type { Scope } from "../scope.ts";
import { describeFailure } from "../terminal.ts";
import type { GatewayName } from "#lib/domain/payment";
import { planOf, type Plan, type PlanSize } from "./plan.ts";
import { compareBooks, compareMessages, runCheck, untilQuiet } from "./quiet.ts";
import { seeded } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { setUp } from "./setup.ts";
import { thousand } from "./thousand-scenario.ts";
import { claim, Violation } from "./claims.ts";
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
};

type Counts = { passed: number; failed: number };

/** Prints a line a scenario; stops after the seed in which something failed. */
export async function runFaults(scope: Scope, options: FaultOptions): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 };
  console.log(`seed ${options.firstSeed}`);
  const { parts, env } = await setUp(scope, options.gateway);
  console.log(`gateways: ${parts.sides.map(({ gateway }) => gateway).join(", ")}`);
  for (let index = 0; ; index += 1) {
    const isOver =
      options.untilMs === undefined ? index >= options.seeds : Date.now() >= options.untilMs;
    if (isOver || counts.failed > 0 || scope.stopping) return counts;
    const seed = options.firstSeed + index;
    if (index > 0) console.log(`\nseed ${seed}`);
    await runSeed(new World(parts, seeded(seed)), options, env, counts);
    if (counts.failed > 0) {
      console.log(`again with: SEED=${seed} npm run test:faults`);
      console.log(
        `the server's last lines:\n${parts.server.lastLines
          .slice(-12)
          .map((text) => text.slice(0, 400))
          .join("\n")}`,
      );
    }
  }
}

function scenariosOf(world: World, { size, only, gateway }: FaultOptions): Plan {
  if (only === "thousand") return { lanes: [], alone: [thousand] };
  const names = world.gateways.filter((name) => gateway === undefined || name === gateway);
  const plan = planOf(world.random.fork("plan"), only === "" ? size : "whole", names);
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
  counts: Counts,
): Promise<void> {
  const line = (
    name: string,
    rows: string,
    work: () => Promise<string | undefined>,
  ): Promise<void> => runOne(name, rows, work, counts);
  const { lanes, alone } = scenariosOf(world, options);
  await Promise.all(
    lanes.map(async ({ gateway, scenarios }) => {
      const at = world.at(gateway);
      for (const scenario of scenarios) {
        at.scenario = scenario.name;
        await line(`${gateway}: ${scenario.name}`, scenario.rows, () => runInLane(at, scenario));
      }
    }),
  );
  for (const scenario of alone) {
    world.scenario = scenario.name;
    await line(scenario.name, scenario.rows, () => runAlone(world, scenario));
  }
  await line("everything comes to rest", "all", () => untilQuiet(world));
  await line("clients, database and the gateways' books agree", "all", () => compareBooks(world));
  await line("every message came, under one id", "F6", () => compareMessages(world));
  await line("check:money", "all", () => runCheck(world, "check-money.ts", env));
  await line("check:audit", "all", () => runCheck(world, "check-audit.ts", env));
  await line("no answer was a 500 or told what nobody should know", "all", () =>
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

async function runOne(
  name: string,
  rows: string,
  work: () => Promise<string | undefined>,
  counts: Counts,
): Promise<void> {
  const startedAt = performance.now();
  const tell = (mark: string, detail = ""): void => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
    console.log(`${mark} ${seconds} s  ${name} [${rows}]${detail === "" ? "" : `: ${detail}`}`);
  };
  try {
    tell("ok  ", await work());
    counts.passed += 1;
  } catch (error) {
    tell("FAIL", error instanceof Violation ? error.message : describeFailure(error));
    counts.failed += 1;
  }
}

async function judgeAnswers({ api, otherApi, server, second }: World): Promise<string> {
  const offences = [...api.offences, ...otherApi.offences];
  claim(offences.length === 0, offences.slice(0, 10).join("\n"));
  claim(server.isUp && (await server.isHealthy()), "the server is not up");
  const deaths = server.unexpectedDeaths + second.unexpectedDeaths;
  claim(deaths === 0, `a server died by itself ${deaths} times`);
  return [...api.counts].map(([status, count]) => `${count} x ${status}`).join(", ");
}
