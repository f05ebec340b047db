import { createHmac } from "node:crypto";
import { razorpayStandIn } from "../../../sandbox/razorpay/razorpay-stand-in.ts";
import { standInHarness } from "../../testing/stand-in-harness.ts";
import { gatewayContract } from "../contract.ts";
import { razorpayGateway } from "./razorpay-gateway.ts";

const harness = standInHarness(razorpayGateway, razorpayStandIn, {
  facts: {
    currency: "INR",
    chargeMovesMoney: true,
    isRemote: true,
    // Shoppers authorize in Razorpay's window; whoever asks next captures it.
    afterLostCharge: "carried_on",
    idempotentRefunds: true,
    signsTime: false,
    signatureHeaders: ["x-razorpay-signature"],
    // A refused try leaves the window open for another.
    declineReason: "card_declined",
  },
  cards: { good: "4100280000001007", declined: "4100280000060003" },
});

gatewayContract("razorpay", harness);
