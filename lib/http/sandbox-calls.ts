import { z } from "zod";
import { containsCardNumber } from "../domain/card.ts";
import { gatewayNames } from "../domain/payment.ts";
import { longestAdvanceS, sandboxActs, sandboxFaultModes } from "../sandbox/choices.ts";
import type { Call } from "./call.ts";
import { problem } from "./described-problem.ts";

const gateway = z.enum(gatewayNames, { error: `Choose one of ${gatewayNames.join(", ")}.` });
const wholeNumber = (least: number, most: number) => {
  const error = `Enter a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const payment = z
  .string("Enter the payment's TXN-… or the gateway's own id.")
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "Enter the payment's TXN-… or the gateway's own id.")
  .refine((value) => !containsCardNumber(value), "A card number is no payment's id.");
const amount = z
  .string()
  .regex(/^\d{1,12}(?:\.\d{1,3})?$/, 'Enter an amount such as "150.00".')
  .optional();

const done = z.object({ done: z.literal(true) });
const notHere = problem(
  "There is no sandbox here: this is no demo, or nothing is there by that name.",
);
const noAnswer = problem("The sandbox does not answer.");

/** What one may do to the demo's gateways. In production each of these is not there. */
export const sandboxCalls = {
  setSandboxFault: {
    method: "POST",
    path: "/api/sandbox/faults/",
    summary: "Demo only: have a gateway's next calls or webhooks go wrong",
    auth: "user",
    limit: "write",
    body: z.strictObject({
      gateway,
      mode: z.enum(sandboxFaultModes, { error: `Choose one of ${sandboxFaultModes.join(", ")}.` }),
      times: wholeNumber(1, 1_000_000).default(1),
      delay_ms: wholeNumber(0, 86_400_000).default(0),
    }),
    answers: {
      200: { description: "It waits for the next calls or webhooks.", schema: done },
      404: notHere,
      503: noAnswer,
    },
  },
  makeSandboxAct: {
    method: "POST",
    path: "/api/sandbox/acts/",
    summary: "Demo only: have something happen on a gateway's side",
    auth: "user",
    limit: "write",
    body: z.strictObject({
      gateway,
      act: z.enum(sandboxActs, { error: `Choose one of ${sandboxActs.join(", ")}.` }),
      payment,
      amount,
    }),
    answers: {
      200: { description: "It has happened.", schema: done },
      404: notHere,
      409: problem("It cannot happen to this payment as it stands."),
      503: noAnswer,
    },
  },
  moveSandboxClock: {
    method: "POST",
    path: "/api/sandbox/clock/",
    summary: "Demo only: move the gateways' clock ahead",
    auth: "user",
    limit: "write",
    body: z.strictObject({ advance_s: wholeNumber(1, longestAdvanceS) }),
    answers: {
      200: {
        description: "By how many seconds it is ahead in all.",
        schema: z.object({ clock_offset_s: z.number() }),
      },
      404: notHere,
      503: noAnswer,
    },
  },
} as const satisfies Record<string, Call>;
