import { randomBytes } from "node:crypto";
import { db } from "../../db/client.ts";
import { addDummyFault, clearDummyFaults } from "../../db/dummy-calls.ts";
import { openDispute } from "../../db/dummy-disputes.ts";
import { signatureHeaders } from "../../outbox/sign-message.ts";
import { gatewayContract } from "../contract.ts";
import type { Delivery, Harness } from "../contract-harness.ts";
import type { GatewayAccount, PaymentInput } from "../gateway.ts";
import { completeChallenge } from "./challenge.ts";
import { dummyGateway } from "./dummy-gateway.ts";

const account: GatewayAccount = {
  configurationId: 1,
  mode: "test",
  apiUrl: "",
  merchantId: "dummy_merchant",
  publicKey: "",
  secretKey: "",
  webhookSecrets: [`whsec_${randomBytes(32).toString("base64")}`],
};

const card = (number: string): Promise<PaymentInput> =>
  Promise.resolve(dummyGateway.parsePayment({ card_number: number }));

function signed(id: string, type: string, text: string): Delivery {
  const [secret = ""] = account.webhookSecrets;
  return {
    id,
    type,
    headers: new Headers(signatureHeaders({ id, body: text, at: new Date() }, secret)),
    body: new TextEncoder().encode(text),
  };
}

/** Which of the book's events were delivered already. */
let deliveredUpTo = 0;

const harness: Harness = {
  gateway: dummyGateway,
  facts: {
    currency: "USD",
    chargeMovesMoney: true,
    isRemote: false,
    afterLostCharge: "absent",
    idempotentRefunds: true,
    signsTime: true,
    signatureHeaders: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    declineReason: "card_declined",
    // Its calls hang for a minute: the payment flow has the deadline. Long enough for a busy machine.
    patienceMs: 2_500,
  },
  start: async () => {
    await db().dummyAccount.create({
      data: { merchantId: "dummy_merchant", webhookUrl: "http://x/", webhookSecret: "whsec_x" },
    });
  },
  stop: () => Promise.resolve(),
  account: () => account,
  approve: () => card("4242424242424242"),
  decline: () => card("4000000000000002"),
  unconfirmed: () => card("4000000000003220"),
  confirm: async (_payment, { reference }) => {
    const { state } = await completeChallenge(reference!, "approve");
    if (state !== "approved") throw new Error(state);
  },
  fault: (mode, times = 1) => addDummyFault({ mode, times, delayMs: 0 }),
  clearFaults: clearDummyFaults,
  advance: () => Promise.resolve(),
  booked: async (merchantReference) => {
    const rows = await db().dummyCharge.findMany({ where: { merchantReference } });
    const took = rows.filter(
      ({ state, capturedMinor }) => state === "authorized" || capturedMinor > 0n,
    );
    const sum = (of: (row: (typeof rows)[number]) => bigint) =>
      rows.reduce((total, row) => total + of(row), 0n);
    return {
      charges: took.length,
      capturedMinor: sum((row) => row.capturedMinor),
      refundedMinor: sum((row) => row.refundedMinor),
    };
  },
  openDispute: async (_payment, chargeReference) => {
    await openDispute({ chargeReference, amountMinor: null, reason: "fraudulent" });
  },
  deliveries: async () => {
    const events = await db().dummyEvent.findMany({
      where: { id: { gt: deliveredUpTo } },
      orderBy: { id: "asc" },
    });
    deliveredUpTo = events.at(-1)?.id ?? deliveredUpTo;
    return events.map(({ eventId, type, payload }) =>
      signed(eventId, type, JSON.stringify(payload)),
    );
  },
  redeliver: ({ id, type, body }) =>
    Promise.resolve(signed(id, type, new TextDecoder().decode(body))),
};

gatewayContract("the dummy gateway", harness);
