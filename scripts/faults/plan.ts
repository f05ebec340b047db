/** Which faults a seed brings, in which order. */
import { clientScenarios } from "./client-scenarios.ts";
import { databaseScenarios } from "./database-scenarios.ts";
import { gatewayScenarios } from "./gateway-scenarios.ts";
import { killScenarios } from "./kill-scenarios.ts";
import { loadScenario } from "./load-scenario.ts";
import { raceScenarios } from "./race-scenarios.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

export type PlanSize = "short" | "whole";

const shortLoadMs = 8_000;
const wholeLoadMs = 25_000;

/** The scenarios of a seed. A short plan has a part of each kind; twenty seeds have all of them many times. */
export function planOf(random: Random, size: PlanSize): Scenario[] {
  const isWhole = size === "whole";
  const some = (scenarios: readonly Scenario[], count: number): Scenario[] =>
    isWhole ? [...scenarios] : random.shuffled(scenarios).slice(0, count);
  const precise = random.shuffled([
    ...some(killScenarios, 4),
    ...some(databaseScenarios, 3),
    ...some(raceScenarios, 5),
    ...some(gatewayScenarios, 2),
    ...some(clientScenarios, 1),
  ]);
  return [...precise, loadScenario(isWhole ? wholeLoadMs : shortLoadMs)];
}
