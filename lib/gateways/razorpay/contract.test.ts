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
    declineReason: "card_declined",
  },
  cards: { good: "4100280000001007", declined: "4100280000060003" },
});

gatewayContract("razorpay", {
  ...harness,
  booked: async (merchantReference) => {
    const booked = await harness.booked(merchantReference);
    // What shoppers authorize is held by their bank, and goes back by itself: our word takes it.
    return { ...booked, charges: booked.capturedMinor === 0n ? 0 : booked.charges };
  },
});
