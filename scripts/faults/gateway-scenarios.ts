/** The gateway misbehaves, in every way it knows. */
import type { Scenario } from "./scenario.ts";
import { claim } from "./claims.ts";

/** What a client may be told, by what goes wrong. */
const answers: Readonly<Record<string, readonly number[]>> = {
  charge_then_500: [202],
  "500": [202],
  "429": [502],
  reset: [202],
  garbage: [202],
  slow_body: [200],
  wrong_amount: [202],
  late_success: [202],
  charge_then_hang: [202],
  hang: [202],
};

export const gatewayScenarios: readonly Scenario[] = Object.entries(answers).map(
  ([mode, expected]) => ({
    name: `the gateway: ${mode}`,
    rows: mode.includes("hang")
      ? "F17 F18"
      : mode === "429"
        ? "F20"
        : mode === "wrong_amount"
          ? "F23"
          : "F19 F22",
    run: async (world) => {
      const refunding = await world.newPaid();
      const payment = await world.newPayment();
      // More than two: the worker may be asking about what was left by the scenario before.
      await world.arrange({ mode, times: 4, delayMs: 1_000 });
      const amountMinor = refunding.amountMinor / 2n;
      const [paid] = await Promise.all([
        world.pay(payment),
        world.refund(refunding, { amountMinor }),
      ]);
      await world.clearGateway();
      claim(expected.includes(paid.status ?? 0), `the answer was ${paid.status}: ${paid.text}`);
      claim(paid.durationMs < 15_000, `it took ${paid.durationMs} ms`);
      await Promise.all([world.pay(payment), world.statusOf(refunding)]);
    },
  }),
);
