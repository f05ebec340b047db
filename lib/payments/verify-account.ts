import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import { findConfiguration, type StoredConfiguration } from "../db/configurations.ts";
import type { Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { findGateway } from "../gateways/registry.ts";
import { requireMoneyMover } from "./access.ts";
import { callGateway } from "./call-gateway.ts";
import { gatewayAccount } from "./gateway-account.ts";
import { readStoredSecret, readWebhookSecrets } from "./stored-secret.ts";
import { checkActions } from "./view-account.ts";

/** Whether an account can be used; every problem and warning is a sentence for staff. */
export type AccountVerdict = { ok: boolean; problem: string | null; warnings: string[] };

/**
 * Asks the gateway, without moving money, whether an account's keys are good. Admin alone; audited.
 * Throws `forbidden`, `not_found`.
 */
export async function verifyAccount(viewer: Viewer, id: number): Promise<AccountVerdict> {
  requireMoneyMover(viewer);
  const row = await findConfiguration(id);
  if (!row) throw notFound();
  const problem = await findAccountProblem(row);
  await inTransaction((tx) =>
    recordAudit(tx, {
      entity: "configuration",
      entityId: String(id),
      action: problem === null ? checkActions.good : checkActions.bad,
      actor: viewer,
      reason: problem ?? "",
    }),
  );
  return { ok: problem === null, problem, warnings: warningsOf(row) };
}

async function findAccountProblem(row: StoredConfiguration): Promise<string | null> {
  const local = findKeyProblem(row);
  if (local !== null) return local;
  const gateway = findGateway(row.gateway as GatewayName);
  if (!gateway) return unusable(row);
  const answer = await callGateway(row.id, async () => {
    const check = await gateway.checkAccount(gatewayAccount(row));
    return { kind: "checked", check } as const;
  });
  if (answer.kind === "unknown") {
    return "The gateway gave no answer that can be read. Try again in a while.";
  }
  return answer.check.ok ? null : answer.check.problem;
}

/** What is wrong with an account as it is stored, without asking anybody; null: nothing. */
export function findKeyProblem(row: StoredConfiguration): string | null {
  const gateway = findGateway(row.gateway as GatewayName);
  if (!gateway) return unusable(row);
  const stored = readStoredSecret(row);
  if (stored.kind === "unreadable") {
    return "The secret key does not open under this MASTER_KEY. Enter it again.";
  }
  const secretKey = stored.kind === "kept" ? stored.secretKey : "";
  if (secretKey === "" && gateway.name !== "dummy") return "The secret key is missing.";
  return gateway.keyProblem({ ...row, secretKey });
}

function unusable({ gateway }: StoredConfiguration): string {
  return `The ${gateway} gateway may not be used in this shop.`;
}

function warningsOf(row: StoredConfiguration): string[] {
  return [
    ...(row.isActive ? [] : ["The account is switched off: nobody can pay with it."]),
    ...(readWebhookSecrets(row).length > 0
      ? []
      : [
          "There is no webhook secret, so what the gateway tells by itself is refused. Payments are still found by asking it, later.",
        ]),
  ];
}
