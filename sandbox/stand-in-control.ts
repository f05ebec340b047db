import { z } from "zod";
import { type ControlCalls } from "./control-server.ts";
import { credentialsOf } from "./credentials.ts";
import { readBody } from "./read-body.ts";
import { Refused } from "./refused.ts";
import type { StandInServer } from "./stand-in-server.ts";
import { callFaultModes, webhookFaultModes } from "#lib/sandbox/choices";
import { outage, type World } from "./world.ts";

const modes = ["none", ...callFaultModes, ...webhookFaultModes, outage] as const;
const wholeNumber = (least: number, most: number) => {
  const error = `Enter a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const faultSchema = z.strictObject({
  mode: z.enum(modes, { error: `Choose one of ${modes.join(", ")}.` }),
  times: wholeNumber(1, 1_000_000).default(1),
  delay_ms: wholeNumber(0, 86_400_000).default(0),
});
const text = z.string().min(1).max(255).optional();
const actSchema = z.strictObject({
  act: z.string({ error: "Say what is to happen." }),
  transaction: text,
  charge: text,
  refund: text,
  dispute: text,
  amount: z.string({ error: 'Enter a decimal string, such as "10.00".' }).optional(),
  reason: text,
  card: text,
});

/** The control calls of one stand-in (the contract, section 8). */
export function standInControl(world: World, server: StandInServer): ControlCalls {
  const { standIn } = server;
  const { gateway } = standIn;
  return {
    [`GET /${gateway}/book`]: () => readBook(world, gateway),
    [`POST /${gateway}/faults`]: async (body) => {
      const { mode, times, delay_ms } = readBody(faultSchema, body);
      if (mode === "none") await world.clearFaults(gateway);
      else await world.addFault(gateway, mode, times, delay_ms);
      return { mode, times, delay_ms };
    },
    [`POST /${gateway}/acts`]: (body) => {
      const asked = readBody(actSchema, body);
      const carryOut = Object.hasOwn(standIn.acts, asked.act) ? standIn.acts[asked.act] : undefined;
      if (!carryOut) {
        throw new Refused(400, `act: Choose one of ${Object.keys(standIn.acts).join(", ")}.`);
      }
      return server.onBook((context) => carryOut(context, asked));
    },
  };
}

/** The account of a stand-in, for programs that play the shop. It is a demo's: nothing here is worth hiding. */
export function standInAccount(server: StandInServer, webhookUrl: string): Record<string, unknown> {
  const { merchantId, publicKey, secretKey, webhookSecret } = credentialsOf(server.standIn.gateway);
  return {
    base_url: server.baseUrl,
    credentials: { merchant_id: merchantId, public_key: publicKey, secret_key: secretKey },
    webhook_url: webhookUrl,
    webhook_secret: webhookSecret,
  };
}

async function readBook(world: World, gateway: string): Promise<Record<string, unknown>> {
  const objects = async (role: string) =>
    (
      await world.pool.query<Record<string, unknown>>(
        `SELECT id AS reference, kind, state, merchant_reference, charge_id AS charge_reference,
           amount_minor::text, captured_minor::text, refunded_minor::text, currency, created_at, data
         FROM sandbox.objects WHERE gateway = $1 AND role = $2 ORDER BY seq DESC LIMIT 1000`,
        [gateway, role],
      )
    ).rows;
  const [charges, refunds, disputes, calls, events, faults] = await Promise.all([
    objects("charge"),
    objects("refund"),
    objects("dispute"),
    world.pool.query(
      // PayPal's keys are good for one address each: the address stands behind the key.
      `SELECT id::text, method, path, split_part(idempotency_key, ' ', 1) AS idempotency_key, moves_money, fault, status, at
       FROM sandbox.calls WHERE gateway = $1 ORDER BY id DESC LIMIT 1000`,
      [gateway],
    ),
    world.pool.query(
      `SELECT id, type, attempts, next_attempt_at, delivered_at, created_at
       FROM sandbox.events WHERE gateway = $1 ORDER BY seq DESC LIMIT 200`,
      [gateway],
    ),
    world.pool.query(
      "SELECT mode, remaining AS times, delay_ms FROM sandbox.faults WHERE gateway = $1 AND remaining > 0 ORDER BY id",
      [gateway],
    ),
  ]);
  return {
    charges,
    refunds,
    disputes,
    calls: calls.rows,
    events: events.rows,
    faults: faults.rows,
  };
}
