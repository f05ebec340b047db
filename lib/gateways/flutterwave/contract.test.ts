import { flutterwaveStandIn } from "../../../sandbox/flutterwave/flutterwave-stand-in.ts";
import { standInHarness } from "../../testing/stand-in-harness.ts";
import { gatewayContract } from "../contract.ts";
import { flutterwaveGateway } from "./flutterwave-gateway.ts";

gatewayContract(
  "flutterwave",
  standInHarness(flutterwaveGateway, flutterwaveStandIn, {
    facts: {
      currency: "USD",
      // Shoppers pay on Flutterwave's page: our own calls only look.
      chargeMovesMoney: false,
      isRemote: true,
      afterLostCharge: "absent",
      idempotentRefunds: false,
      signsTime: false,
      signatureHeaders: ["verif-hash"],
      tellsByHint: true,
      declineReason: "card_declined",
    },
    cards: { declined: "5143010522339965" },
  }),
);
