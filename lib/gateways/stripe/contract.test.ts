import { stripeStandIn } from "../../../sandbox/stripe/stripe-stand-in.ts";
import { standInHarness } from "../../testing/stand-in-harness.ts";
import { gatewayContract } from "../contract.ts";
import type { PaymentInput } from "../gateway.ts";
import { stripeGateway } from "./stripe-gateway.ts";

const method = (payment_method: string): Promise<PaymentInput> =>
  Promise.resolve(stripeGateway.parsePayment({ payment_method }));

const harness = standInHarness(stripeGateway, stripeStandIn, {
  facts: {
    currency: "USD",
    chargeMovesMoney: true,
    isRemote: true,
    afterLostCharge: "absent",
    idempotentRefunds: true,
    signsTime: true,
    signatureHeaders: ["stripe-signature"],
    declineReason: "insufficient_funds",
  },
  cards: { good: "4242424242424242", declined: "4000000000009995" },
  over: {
    // Confirmed by the server, so that our own call takes the money.
    approve: () => method("pm_card_visa"),
    decline: () => method("pm_card_visa_chargeDeclinedInsufficientFunds"),
    unconfirmed: () => method("pm_card_threeDSecure2Required"),
    confirm: async ({ merchantReference: transaction }) => {
      await harness.act({ act: "complete_3ds", transaction });
    },
  },
});

gatewayContract("Stripe", harness);
