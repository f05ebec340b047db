/** Which faults a seed brings, in which order. */
import type { GatewayName } from "#lib/domain/payment";
import { actScenarios } from "./act-scenarios.ts";
import { allGatewaysScenarios } from "./all-gateways-scenarios.ts";
import { clientScenarios } from "./client-scenarios.ts";
import { databaseScenarios } from "./database-scenarios.ts";
import { gatewayScenarios } from "./gateway-scenarios.ts";
import type { GatewaySide } from "./gateway-side.ts";
import { holdScenarios } from "./hold-scenarios.ts";
import { killAtGatewaysScenarios, killScenarios } from "./kill-scenarios.ts";
import { loadScenario } from "./load-scenario.ts";
import { courierScenarios, raceScenarios, serverScenarios } from "./race-scenarios.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { callFaultScenarios, webhookFaultScenarios } from "./stand-in-scenarios.ts";

/**
 * `short` has a part of each kind. `gateways` has every fault of every gateway, and a part of what is
 * done to servers and PostgreSQL, which is the same whatever the gateway. `whole` has all there is.
 */
export type PlanSize = "short" | "gateways" | "whole";

export type Plan = {
  /** Run side by side, one after the other in each: faults of one gateway are nothing to another. */
  lanes: { gateway: GatewayName; scenarios: Scenario[] }[];
  /** Run one after the other, since they disturb everybody. */
  alone: Scenario[];
};

/** How many of each kind; undefined: all. */
type Sizes = Record<
  | "calls"
  | "holds"
  | "webhooks"
  | "races"
  | "acts"
  | "atGateways"
  | "kills"
  | "database"
  | "client"
  | "others",
  number | undefined
> & { loadMs: number };

const sizes: Readonly<Record<PlanSize, Sizes>> = {
  short: {
    calls: 2,
    holds: 1,
    webhooks: 1,
    races: 1,
    acts: 1,
    atGateways: 1,
    kills: 3,
    database: 3,
    client: 1,
    others: 0,
    loadMs: 8_000,
  },
  gateways: {
    calls: undefined,
    holds: 4,
    webhooks: undefined,
    races: undefined,
    acts: undefined,
    atGateways: undefined,
    kills: 2,
    database: 2,
    client: 1,
    others: undefined,
    loadMs: 12_000,
  },
  whole: {
    calls: undefined,
    holds: undefined,
    webhooks: undefined,
    races: undefined,
    acts: undefined,
    atGateways: undefined,
    kills: undefined,
    database: undefined,
    client: undefined,
    others: undefined,
    loadMs: 25_000,
  },
};

export function planOf(
  random: Random,
  size: PlanSize,
  sides: readonly Pick<GatewaySide, "gateway" | "canHold">[],
): Plan {
  const take = sizes[size];
  const some = (
    chance: Random,
    scenarios: readonly Scenario[],
    count: number | undefined,
  ): Scenario[] => chance.shuffled(scenarios).slice(0, count ?? scenarios.length);
  const laneOf = ({ gateway, canHold }: (typeof sides)[number]): Scenario[] => {
    const chance = random.fork(gateway);
    const isDummy = gateway === "dummy";
    return chance.shuffled([
      ...some(chance, isDummy ? gatewayScenarios : callFaultScenarios, take.calls),
      ...some(chance, canHold ? holdScenarios : [], take.holds),
      ...some(chance, isDummy ? courierScenarios : webhookFaultScenarios, take.webhooks),
      ...some(chance, raceScenarios, take.races),
      ...(isDummy ? [] : some(chance, actScenarios, take.acts)),
    ]);
  };
  const alone = random.shuffled([
    ...some(random, killAtGatewaysScenarios, take.atGateways),
    ...some(random, killScenarios, take.kills),
    ...some(random, databaseScenarios, take.database),
    ...some(random, clientScenarios, take.client),
    ...some(random, [...serverScenarios, ...allGatewaysScenarios], take.others),
  ]);
  return {
    lanes: sides.map((side) => ({ gateway: side.gateway, scenarios: laneOf(side) })),
    alone: [...alone, loadScenario(take.loadMs)],
  };
}
