import { bookDb } from "./client.ts";

/** The mode that is not used up: nothing at the dummy gateway answers until it is taken away. */
export const outageMode = "outage";

export type OpenedCall = { id: bigint; fault: { mode: string; delayMs: number } | null };

/**
 * Writes that the dummy gateway got a call, with what it is to do wrong with it: the oldest fault left of
 * those modes, used up by one, or an outage. One statement that commits by itself before anything is
 * done, so that whoever sees the row knows that the call has arrived.
 */
export async function openDummyCall(
  call: { verb: string; idempotencyKey: string; merchantReference: string },
  modes: readonly string[],
): Promise<OpenedCall> {
  const [row] = await bookDb().$queryRaw<
    { id: bigint; mode: string | null; delayMs: number | null }[]
  >`
    WITH picked AS MATERIALIZED (
      SELECT id, mode, delay_ms FROM dummy_faults
      WHERE remaining > 0 AND mode = ANY(${[outageMode, ...modes]})
      ORDER BY mode <> ${outageMode}, id LIMIT 1 FOR UPDATE),
    used AS (
      UPDATE dummy_faults f SET remaining = f.remaining - 1 FROM picked
      WHERE f.id = picked.id AND f.mode <> ${outageMode})
    INSERT INTO dummy_calls (verb, idempotency_key, merchant_reference, fault)
    SELECT ${call.verb}, ${call.idempotencyKey}, ${call.merchantReference}, (SELECT mode FROM picked)
    RETURNING id, fault AS mode, (SELECT delay_ms FROM picked) AS "delayMs"`;
  if (!row) throw new Error("a call was not written");
  const { id, mode, delayMs } = row;
  return { id, fault: mode === null ? null : { mode, delayMs: delayMs ?? 0 } };
}

/** Writes that the call was answered. */
export async function closeDummyCall(id: bigint): Promise<void> {
  await bookDb()
    .$executeRaw`UPDATE dummy_calls SET answered_at = clock_timestamp() WHERE id = ${id}`;
}

/** Uses up one fault of those modes, the oldest first; null where none is left. */
export async function takeDummyFault(
  modes: readonly string[],
): Promise<{ mode: string; delayMs: number } | null> {
  const [row] = await bookDb().$queryRaw<{ mode: string; delayMs: number }[]>`
    WITH picked AS MATERIALIZED (
      SELECT id FROM dummy_faults WHERE remaining > 0 AND mode = ANY(${[...modes]})
      ORDER BY id LIMIT 1 FOR UPDATE)
    UPDATE dummy_faults f SET remaining = f.remaining - 1 FROM picked WHERE f.id = picked.id
    RETURNING f.mode, f.delay_ms AS "delayMs"`;
  return row ?? null;
}

export async function addDummyFault(fault: {
  mode: string;
  times: number;
  delayMs: number;
}): Promise<void> {
  const { mode, times, delayMs } = fault;
  await bookDb().dummyFault.create({ data: { mode, remaining: times, delayMs } });
}

/** From now on everything goes right again. */
export async function clearDummyFaults(): Promise<void> {
  await bookDb().dummyFault.deleteMany();
}
