import { gatewayContract } from "#lib/gateways/contract";
import { standInHarness } from "#lib/testing/stand-in-harness";
import { templateStandIn } from "../sandbox/template-stand-in.ts";
import { templateGateway } from "./template-gateway.ts";

gatewayContract(
  "template",
  standInHarness(templateGateway, templateStandIn, {
    facts: {
      currency: "USD",
      // Shoppers pay on Template's page: our own calls only look.
      chargeMovesMoney: false,
      isRemote: true,
      afterLostCharge: "absent",
      idempotentRefunds: true,
      signsTime: true,
      signatureHeaders: ["template-signature"],
      declineReason: "card_declined",
    },
    cards: { declined: "4000000000000002" },
  }),
);
