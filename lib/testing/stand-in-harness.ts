/** A harness for the gateways' contract (lib/gateways/contract.ts) on a gateway's stand-in. */
import type { StandIn } from "../../sandbox/stand-in.ts";
import { TestStandIn } from "../../sandbox/testing.ts";
import type { Facts, Harness } from "../gateways/contract-harness.ts";
import type { Gateway, PaymentInput } from "../gateways/gateway.ts";

const nothing: PaymentInput = { card: null, fields: {} };

/**
 * `cards`: what the act `pay` is told to pay with. `over` replaces what a gateway does in another way.
 */
export function standInHarness(
  gateway: Gateway,
  standIn: StandIn,
  {
    facts,
    cards,
    over = {},
  }: {
    facts: Facts;
    cards: { good?: string; declined: string };
    over?: Partial<Harness>;
  },
): Harness & Pick<TestStandIn, "act"> {
  let running: TestStandIn | null = null;
  const at = (): TestStandIn => running!;
  const pay = async (transaction: string, card: string | undefined): Promise<PaymentInput> => {
    await at().act({ act: "pay", transaction, card });
    return nothing;
  };
  return {
    gateway,
    facts,
    act: (act) => at().act(act),
    start: async () => {
      running = await TestStandIn.start(standIn);
    },
    stop: () => at().stop(),
    account: () => at().account(),
    approve: ({ merchantReference }) => pay(merchantReference, cards.good),
    decline: ({ merchantReference }) => pay(merchantReference, cards.declined),
    unconfirmed: () => Promise.resolve(nothing),
    confirm: async ({ merchantReference }) => void (await pay(merchantReference, cards.good)),
    fault: (mode, times = 1) => at().fault(mode, { times }),
    clearFaults: () => at().world.clearFaults(standIn.gateway),
    advance: (seconds) => at().advance(seconds),
    booked: (merchantReference) => booked(at(), merchantReference),
    openDispute: async ({ merchantReference: transaction }) => {
      await at().act({ act: "open_dispute", transaction });
    },
    deliveries: () => at().deliveries(),
    redeliver: async ({ id }) => {
      await at().world.pool.query(
        "UPDATE sandbox.events SET next_attempt_at = now() WHERE gateway = $1 AND id = $2",
        [standIn.gateway, id],
      );
      return (await at().deliveries()).find((delivery) => delivery.id === id)!;
    },
    ...over,
  };
}

/** What the stand-in's book says, by the columns that checks read. */
async function booked(at: TestStandIn, merchantReference: string) {
  const { rows } = await at.world.pool.query<{
    state: string;
    captured: string | null;
    refunded: string | null;
  }>(
    `SELECT state, captured_minor AS captured, refunded_minor AS refunded FROM sandbox.objects
     WHERE gateway = $1 AND role = 'charge' AND merchant_reference = $2`,
    [at.gateway, merchantReference],
  );
  const sum = (values: (string | null)[]): bigint =>
    values.reduce((total, value) => total + BigInt(value ?? 0), 0n);
  const capturedMinor = sum(rows.map(({ captured }) => captured));
  return {
    charges: rows.filter(
      ({ state, captured }) => state === "authorized" || BigInt(captured ?? 0) > 0n,
    ).length,
    capturedMinor,
    refundedMinor: sum(rows.map(({ refunded }) => refunded)),
  };
}
