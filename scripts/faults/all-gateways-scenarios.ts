/** What befalls every gateway's payments at once: outages, and clocks that run ahead. */
import { claim, until } from "./claims.ts";
import type { Payment } from "./model.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

const knownWithinMs = 60_000;

const everywhere = (world: World): World[] => world.gateways.map((gateway) => world.at(gateway));

const outage: Scenario = {
  name: "no gateway answers anything; then all recover",
  rows: "F17 F33",
  run: async (world) => {
    const made = await Promise.all(
      everywhere(world).map(async (at) => {
        const refunding = await at.newPaid();
        const payment = await at.newPayment();
        if (payment.way === "told") await at.process(payment);
        return { at, refunding, payment };
      }),
    );
    await Promise.all(made.map(({ at }) => at.arrange({ mode: "outage", times: 1 })));
    await Promise.all(
      made.map(async ({ at, refunding, payment }) => {
        const [paid, refunded] = await Promise.all([
          at.process(payment),
          at.refund(refunding, { amountMinor: 100n }),
        ]);
        claim(paid.verdict !== "ok", "a payment was told as paid that nobody could ask about");
        claim(
          refunded.verdict !== "ok" || refunded.body["status"] === "pending",
          `${at.side.gateway}: a refund was told as done: ${refunded.text}`,
        );
      }),
    );
    await world.clearGateways();
    await Promise.all(made.map(({ at, payment }) => untilDecided(at, payment)));
  },
};

/** Read, and paid again where it may be, until it is known. */
async function untilDecided(at: World, payment: Payment): Promise<void> {
  await until(
    `${payment.transactionId} of ${payment.gateway} is known after the outage`,
    async () => {
      const status = await at.statusOf(payment);
      if (status === "pending" || status === "requires_action") await at.pay(payment);
      return status === "success" || status === "failed";
    },
    knownWithinMs,
  );
}

const clockAhead: Scenario = {
  name: "the gateways' clocks run ahead while shoppers are paying",
  rows: "F42",
  run: async (world) => {
    const made = await Promise.all(
      everywhere(world).map(async (at) => {
        const payment = await at.newPayment();
        if (payment.way === "told") await at.process(payment);
        return { at, payment };
      }),
    );
    await world.parts.sandbox.advanceClock(world.random.between(30, 7_200));
    await Promise.all(
      made.map(async ({ at, payment }) => {
        const reply = await at.pay(payment);
        claim(
          [200, 202, 402, 409].includes(reply.status ?? 0),
          `${payment.gateway} gave ${reply.status}: ${reply.text}`,
        );
        if (reply.verdict === "ok") await at.refund(payment, { amountMinor: 100n });
      }),
    );
  },
};

export const allGatewaysScenarios: readonly Scenario[] = [outage, clockAhead];
