/** Clients that go about their business while one thing after another breaks. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Payment } from "./model.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const clients = 5;
const cards = [
  // None: the gateway's own.
  "",
  "4242424242424242",
  "4111111111111111",
  "4000000000000002",
  "4000000000009995",
  "4000000000003220",
  "4000000000000119",
];
const faults = [
  "charge_then_500",
  "500",
  "429",
  "reset",
  "garbage",
  "slow_body",
  "wrong_amount",
  "late_success",
  "charge_then_hang",
  "hang",
];

async function payUntilKnown(world: World, random: Random, payment: Payment): Promise<void> {
  const key = random.chance(0.6) ? randomUUID() : undefined;
  for (let tries = 0; tries < 6; tries += 1) {
    const copies = random.chance(0.25) ? 2 : 1;
    const replies = await Promise.all(
      Array.from({ length: copies }, () => world.pay(payment, { key })),
    );
    if (replies.some(({ verdict, status }) => verdict === "ok" || status === 402)) return;
    await sleep(random.between(50, 500));
  }
}

async function client(world: World, random: Random, isOver: () => boolean): Promise<void> {
  const worlds = world.gateways.map((gateway) => world.at(gateway));
  while (!isOver()) {
    // By whichever gateway; each with what goes wrong there.
    const at = random.pick(worlds);
    const card = at.side.gateway === "dummy" ? random.pick(cards) : "";
    // By this client's own chance: what the others draw meanwhile must not change the plan.
    const amountMinor = BigInt(random.between(500, 90_000));
    const way = random.pick(at.side.ways);
    const payment = await at.newPayment({ amountMinor, way, ...(card === "" ? {} : { card }) });
    if (way === "told" && random.chance(0.15)) await at.act(payment, "fail_payment");
    await payUntilKnown(at, random, payment);
    if (random.chance(0.1)) await at.cancel(payment);
    const refunds = random.between(0, 3);
    for (let index = 0; index < refunds && !isOver(); index += 1) {
      const amountMinor = BigInt(random.between(1, Number(payment.amountMinor)));
      const key = random.chance(0.5) ? randomUUID() : undefined;
      const once = (): Promise<unknown> =>
        at.refund(payment, key === undefined ? { amountMinor } : { amountMinor, key });
      await (random.chance(0.3) ? Promise.all([once(), once()]) : once());
    }
  }
}

/** One thing that breaks, by chance. */
async function strike(world: World, random: Random): Promise<void> {
  const kind = random.pick([
    "kill",
    "cut",
    "cut",
    "slow",
    "gateway",
    "gateway",
    "gateway",
    "clock",
    "database",
  ]);
  if (kind === "kill") await world.killAndRestart(() => sleep(random.between(0, 400)));
  else if (kind === "cut") world.proxy.cutAll();
  else if (kind === "slow") {
    world.proxy.change({
      delayMs: random.between(1, 15),
      bytesPerSecond: random.between(50_000, 500_000),
    });
    await sleep(random.between(200, 1_200));
    world.proxy.heal();
  } else if (kind === "gateway") {
    await world.at(random.pick(world.gateways)).arrange({
      mode: random.pick(faults),
      times: random.between(1, 2),
      delayMs: random.between(100, 2_000),
    });
  } else if (kind === "clock") {
    await world.parts.sandbox.advanceClock(random.between(1, 120));
  } else await world.restartDatabase(random.pick(["fast", "immediate"]));
}

async function strikeAndHeal(world: World, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(random.between(300, 1_800));
    await strike(world, random);
  }
  world.proxy.heal();
}

async function deliver(world: World, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(random.between(100, 700));
    await world.courier.round(random);
  }
}

export function loadScenario(lastsMs: number): Scenario {
  return {
    name: `payments and refunds for ${lastsMs / 1_000} s while things break by chance`,
    rows: "F1-F12 F17-F23 F26-F28 F34 F40 F42",
    run: async (world) => {
      const clock = { endsAt: Date.now() + lastsMs };
      const isOver = (): boolean => Date.now() >= clock.endsAt;
      const random = world.random.fork("load");
      const work = [
        ...Array.from({ length: clients }, (_, index) =>
          client(world, random.fork(`client ${index}`), isOver),
        ),
        strikeAndHeal(world, random.fork("strikes"), isOver),
        deliver(world, random.fork("courier"), isOver),
      ];
      const ends = await Promise.allSettled(
        work.map((one) =>
          one.catch((error: unknown) => {
            // The others end too; nobody goes on breaking things behind the next scenario.
            clock.endsAt = 0;
            throw error;
          }),
        ),
      );
      await world.clearGateways();
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  };
}
