import { paypalStandIn } from "../../../sandbox/paypal/paypal-stand-in.ts";
import { standInHarness } from "../../testing/stand-in-harness.ts";
import { gatewayContract } from "../contract.ts";
import { paypalGateway } from "./paypal-gateway.ts";

gatewayContract(
  "paypal",
  standInHarness(paypalGateway, paypalStandIn, {
    facts: {
      currency: "USD",
      // The buyer approves at PayPal; the money is taken by our word.
      chargeMovesMoney: true,
      isRemote: true,
      afterLostCharge: "carried_on",
      idempotentRefunds: true,
      // It does, but PayPal may deliver for three days.
      signsTime: false,
      signatureHeaders: [
        "paypal-transmission-id",
        "paypal-transmission-time",
        "paypal-transmission-sig",
        "paypal-auth-algo",
        "paypal-cert-url",
      ],
      declineReason: "card_declined",
    },
    cards: { good: "balance", declined: "declined" },
  }),
);
