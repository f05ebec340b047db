/** After everything is healed: waits until nothing moves any more, and holds the books against the model. */
import { runCommand } from "../run-command.ts";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "../project.ts";
import { disagreements, historyOf, type Payment, type Truth } from "./model.ts";
import { claim } from "./claims.ts";
import { admin } from "./machinery.ts";
import type { World } from "./world.ts";

/** Every outcome is known by then, whatever was broken. */
const quietWithinMs = 120_000;

// Until then the worker is on its own; then shoppers read how their payments stand, which asks too.
const readersStayAwayMs = 40_000;

const unfinished = `
  SELECT 'transaction ' || transaction_id || ' ' || status AS what FROM transactions
   WHERE status = 'processing' OR refund_pending_minor > 0 OR authorization_pending_minor > 0
  UNION ALL SELECT 'webhook ' || event_id || ' ' || state FROM webhook_events WHERE state = 'received'
  -- The shopper has done their part, and whoever is told nothing finds it all the same.
  UNION ALL SELECT 'approved ' || transaction_id FROM transactions
   WHERE status = 'requires_action' AND transaction_id = ANY($1)
  UNION ALL SELECT 'message ' || topic || ' ' || dedupe_key FROM outbox_messages WHERE sent_at IS NULL`;

/**
 * Delivers what the gateway still has to tell and waits; in half of the seeds shoppers read meanwhile.
 * Says how long it took and what came last.
 */
export async function untilQuiet(world: World): Promise<string> {
  world.proxy.heal();
  await world.clearGateways();
  if (!world.server.isUp) await world.server.start();
  const readFromMs = world.random.fork("readers").chance(0.5) ? 0 : readersStayAwayMs;
  const startedAt = performance.now();
  let last = "nothing";
  for (;;) {
    for (const event of await world.courier.waiting()) await world.courier.deliver(event);
    const approved = world.model.payments.filter(({ isApproved }) => isApproved);
    const ours = await world.database.rows<{ what: string }>(unfinished, [
      approved.map(({ transactionId }) => transactionId),
    ]);
    const untold = await Promise.all(world.parts.sides.map((side) => side.untold()));
    const left = [...ours.map(({ what }) => what), ...untold.flat()];
    const tookMs = Math.round(performance.now() - startedAt);
    if (left.length === 0) return `after ${tookMs} ms, last ${last}`;
    if (tookMs > readFromMs) await readOpen(world);
    const names = left.slice(0, 10);
    last = names.slice(0, 2).join(", ");
    claim(tookMs < quietWithinMs, `not quiet after ${tookMs} ms:\n  ${names.join("\n  ")}`);
    await sleep(500);
  }
}

async function readOpen(world: World): Promise<void> {
  const open = await world.database.rows<{ id: string }>(
    "SELECT transaction_id AS id FROM transactions WHERE status = 'processing' OR refund_pending_minor > 0 OR authorization_pending_minor > 0",
  );
  for (const { id } of open) await world.api.call(admin, `/api/payment/transactions/${id}/`);
}

async function truthOf(world: World, { transactionId, gateway }: Payment): Promise<Truth> {
  const reply = await world.api.call(admin, `/api/payment/transactions/${transactionId}/`);
  claim(reply.status === 200, `${transactionId} cannot be read: ${reply.status}`);
  const refunds = await world.api.call(
    admin,
    `/api/payment/refunds/?transaction_id=${transactionId}&limit=100`,
  );
  const list = refunds.body["list"] as Record<string, string>[];
  const minor = (amount: unknown): bigint => BigInt(String(amount).replace(".", ""));
  const { body } = reply;
  return {
    ...(await world.sideAt(gateway).truth(transactionId)),
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
    "SELECT replace(topic, '.', '_') || '-' || dedupe_key AS id FROM outbox_messages WHERE topic = 'order.paid' AND sent_at IS NOT NULL",
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
