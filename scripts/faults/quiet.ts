/** After everything is healed: waits until nothing moves any more, and holds the books against the model. */
import { runCommand } from "../run-command.ts";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../project.ts";
import { disagreements, historyOf, type Payment, type Truth } from "./model.ts";
import { admin, claim, type World } from "./world.ts";

/** Every outcome is known by then, whatever was broken. */
const quietWithinMs = 120_000;

// Until then the worker is on its own; then shoppers read how their payments stand, which asks too.
const readersStayAwayMs = 40_000;

const unfinished = `
  SELECT 'transaction ' || transaction_id || ' ' || status AS what FROM transactions
   WHERE status = 'processing' OR refund_pending_minor > 0
  UNION ALL SELECT 'webhook ' || event_id || ' ' || state FROM webhook_events WHERE state = 'received'
  UNION ALL SELECT 'event ' || event_id || ' of the gateway' FROM dummy_events WHERE delivered_at IS NULL
  UNION ALL SELECT 'message ' || topic || ' ' || dedupe_key FROM outbox_messages WHERE sent_at IS NULL`;

/**
 * Delivers what the gateway still has to tell and waits; in half of the seeds shoppers read meanwhile.
 * Says how long it took and what came last.
 */
export async function untilQuiet(world: World): Promise<string> {
  world.proxy.heal();
  await world.clearGateway();
  if (!world.server.isUp) await world.server.start();
  const readFromMs = world.random.fork("readers").chance(0.5) ? 0 : readersStayAwayMs;
  const startedAt = performance.now();
  let last = "nothing";
  for (;;) {
    for (const event of await world.courier.waiting()) await world.courier.deliver(event);
    const left = await world.database.rows<{ what: string }>(unfinished);
    const tookMs = Math.round(performance.now() - startedAt);
    if (left.length === 0) return `after ${tookMs} ms, last ${last}`;
    if (tookMs > readFromMs) await readOpen(world);
    const names = left.slice(0, 10).map(({ what }) => what);
    last = names.slice(0, 2).join(", ");
    claim(tookMs < quietWithinMs, `not quiet after ${tookMs} ms:\n  ${names.join("\n  ")}`);
    await sleep(500);
  }
}

async function readOpen(world: World): Promise<void> {
  const open = await world.database.rows<{ id: string }>(
    "SELECT transaction_id AS id FROM transactions WHERE status = 'processing' OR refund_pending_minor > 0",
  );
  for (const { id } of open) await world.api.call(admin, `/api/payment/transactions/${id}/`);
}

async function truthOf(world: World, { transactionId }: Payment): Promise<Truth> {
  const reply = await world.api.call(admin, `/api/payment/transactions/${transactionId}/`);
  claim(reply.status === 200, `${transactionId} cannot be read: ${reply.status}`);
  const refunds = await world.api.call(
    admin,
    `/api/payment/refunds/?transaction_id=${transactionId}&limit=100`,
  );
  const list = refunds.body["list"] as Record<string, string>[];
  const [book] = await world.database.rows<{
    charges: string[][];
    refunds: string[][];
    calls: number;
  }>(
    `SELECT
       COALESCE((SELECT json_agg(json_build_array(reference, captured_minor::text, refunded_minor::text))
         FROM dummy_charges WHERE merchant_reference = $1 AND captured_minor > 0), '[]') AS charges,
       COALESCE((SELECT json_agg(json_build_array(r.merchant_reference, r.amount_minor::text))
         FROM dummy_refunds r JOIN dummy_charges c ON c.reference = r.charge_reference
         WHERE c.merchant_reference = $1 AND r.state = 'succeeded'), '[]') AS refunds,
       (SELECT count(*)::int FROM dummy_calls WHERE verb = 'charge' AND merchant_reference = $1) AS calls`,
    [transactionId],
  );
  const minor = (amount: unknown): bigint => BigInt(String(amount).replace(".", ""));
  const { body } = reply;
  return {
    transaction: {
      status: String(body["status"]),
      capturedMinor: minor(body["captured_amount"]),
      refundedMinor: minor(body["refunded_amount"]),
      amountMinor: minor(body["amount"]),
    },
    refunds: list.map((refund) => ({
      refundId: String(refund["refund_id"]),
      status: String(refund["status"]),
      amountMinor: minor(refund["amount"]),
      source: String(refund["source"]),
    })),
    charges: (book?.charges ?? []).map(([reference = "", captured = "0", refunded = "0"]) => ({
      reference,
      capturedMinor: BigInt(captured),
      refundedMinor: BigInt(refunded),
    })),
    givenBack: (book?.refunds ?? []).map(([merchantReference = "", amount = "0"]) => ({
      merchantReference,
      amountMinor: BigInt(amount),
    })),
    chargeCalls: book?.calls ?? 0,
  };
}

/** Holds every payment of the model against the books; says how many there were. */
export async function compareBooks(world: World): Promise<string> {
  const failures: string[] = [];
  for (const payment of world.model.payments) {
    const found = disagreements(payment, await truthOf(world, payment));
    if (found.length > 0) failures.push(`${found.join("; ")}\n${historyOf(payment)}`);
  }
  claim(failures.length === 0, failures.slice(0, 5).join("\n"));
  const refunds = world.model.payments.reduce(
    (total, payment) => total + payment.refunds.length,
    0,
  );
  return `${world.model.payments.length} payments, ${refunds} refunds asked for`;
}

/** Every paid order was told, each under one id and with one body however often it was sent. */
export async function compareMessages(world: World): Promise<string> {
  const told = await world.database.rows<{ id: string }>(
    "SELECT replace(topic, '.', '_') || '-' || dedupe_key AS id FROM outbox_messages WHERE topic = 'order.paid'",
  );
  for (const { id } of told) {
    const got = world.receiver.received.get(id);
    claim(got !== undefined, `${id} was marked as sent and never came`);
    claim(got.bodies.size === 1, `${id} came with ${got.bodies.size} bodies`);
  }
  const again = [...world.receiver.received.values()].filter(({ times }) => times > 1).length;
  return `${told.length} messages, ${again} of them more than once`;
}

/** Runs one of the project's own checks as a person would. */
export async function runCheck(
  world: World,
  script: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, output } = await runCommand(
    process.execPath,
    [path.join(projectRoot, "scripts", script)],
    { cwd: projectRoot, env: { ...env, DATABASE_URL: world.database.url } },
  );
  const failed = output.split("\n").filter((line) => !line.startsWith("ok"));
  claim(code === 0, `it ended with ${code}:\n${failed.join("\n")}`);
  return output.trim().split("\n").at(-1) ?? "";
}
