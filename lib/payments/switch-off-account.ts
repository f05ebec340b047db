import { recordAudit } from "../db/audit.ts";
import { inTransaction } from "../db/client.ts";
import { lockConfiguration, setActive } from "../db/configurations.ts";
import type { Actor } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";

/**
 * Switches an account off, however it stands: the way out where production refuses to start with it.
 * False: it was off. Throws `not_found`.
 */
export async function switchOffAccount(actor: Actor, id: number): Promise<boolean> {
  return inTransaction(async (tx) => {
    const row = await lockConfiguration(tx, id);
    if (!row) throw notFound();
    if (!row.isActive) return false;
    await setActive(tx, id, false);
    await recordAudit(tx, {
      entity: "configuration",
      entityId: String(id),
      action: "deactivated",
      actor,
      before: { is_active: true },
      after: { is_active: false },
    });
    return true;
  });
}
