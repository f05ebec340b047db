/**
 * `npm run gateways [-- list]`, `npm run gateways -- deactivate ID`: the shop's accounts at the gateways.
 * The rest is done in the dashboard; this is the way in where the server refuses to start.
 */
import { closeDatabase } from "#lib/db/client";
import { findAllConfigurations } from "#lib/db/configurations";
import { isPaymentError } from "#lib/domain/errors";
import { switchOffAccount } from "#lib/payments/switch-off-account";
import { Refusal, runScript } from "./terminal.ts";

async function list(): Promise<void> {
  for (const row of await findAllConfigurations()) {
    const state = row.isActive ? "active" : "off";
    console.log(`${row.id}  ${row.gateway}  ${row.mode}  ${state}  ${row.label}`);
  }
}

async function deactivate(text: string | undefined): Promise<void> {
  if (text === undefined || !/^[1-9]\d{0,8}$/.test(text)) {
    throw new Refusal("Say which: npm run gateways -- deactivate ID");
  }
  try {
    const wasActive = await switchOffAccount({ kind: "system", name: "command" }, Number(text));
    console.log(wasActive ? `Configuration ${text} is off now.` : `Configuration ${text} was off.`);
  } catch (error) {
    throw isPaymentError(error) ? new Refusal(`There is no configuration ${text}.`) : error;
  }
}

await runScript(async () => {
  const [command = "list", id] = process.argv.slice(2);
  try {
    if (command === "list") await list();
    else if (command === "deactivate") await deactivate(id);
    else throw new Refusal(`There is no "${command}": use list, or deactivate ID.`);
  } finally {
    await closeDatabase();
  }
});
