/** Money that is held first: captures and releases that meet the faults of a gateway's calls. */
import { claim, until } from "./claims.ts";
import { historyOf, type Payment } from "./model.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** By what goes wrong with it, what staff may be told: done, not known yet, or not reached. */
const modes = [
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
] as const;

async function newHeld(world: World): Promise<Payment> {
  const payment = await world.newPayment({ isHeld: true });
  await world.pay(payment);
  await until(
    `it is held\n${historyOf(payment)}`,
    async () => {
      const status = await world.statusOf(payment);
      if (status === "requires_action" || status === "pending") await world.process(payment);
      return status === "authorized";
    },
    15_000,
  );
  return payment;
}

function holdFault(mode: string): Scenario {
  return {
    name: `captures and releases of what is held: ${mode}`,
    rows: mode.includes("hang") ? "F17 F18" : "F19 F20 F22 F23",
    run: async (world) => {
      const payments = [await newHeld(world), await newHeld(world)] as const;
      await world.arrange({ mode, times: 4, delayMs: 700 });
      const replies = await Promise.all([
        world.moveHold(payments[0], "capture"),
        world.moveHold(payments[1], "void"),
      ]);
      const met = await world.side.met(mode);
      await world.clearGateway();
      const isSlow = replies.some(({ durationMs }) => durationMs > 10_000);
      claim(met >= 2 || (isSlow && met > 0), `the fault met ${met} of two calls`);
      const expected = [200, 202, ...(mode === "429" ? [502] : [])];
      for (const { call, status, text } of replies) {
        claim(expected.includes(status ?? 0), `${call} gave ${status}: ${text}`);
      }
      // The second time the same is asked for, or it is known by then.
      await Promise.all(payments.map((payment) => world.statusOf(payment)));
    },
  };
}

export const holdScenarios: readonly Scenario[] = modes.map(holdFault);
