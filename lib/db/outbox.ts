import type { Prisma } from "#db-client";
import type { Tx } from "./client.ts";

/** Writes a message for other systems; one topic and key is told once, whoever writes it again. */
export async function enqueueMessage(
  tx: Tx,
  message: { topic: "order.paid"; dedupeKey: string; payload: Prisma.InputJsonObject },
): Promise<void> {
  await tx.outboxMessage.createMany({ data: [message], skipDuplicates: true });
}
