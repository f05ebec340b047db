import type { DummyAccount, DummyCall, DummyCapture, DummyCharge } from "#db-client";
import type { DummyDispute, DummyRefund } from "#db-client";
import { bookDb } from "./client.ts";

// What the sandbox's control process reads and moves at the dummy gateway. Nothing of the shop uses it.

export type DummyBook = {
  charges: DummyCharge[];
  refunds: DummyRefund[];
  captures: DummyCapture[];
  disputes: DummyDispute[];
  calls: DummyCall[];
};

const oldestFirst = [{ createdAt: "asc" }, { reference: "asc" }] as const;

/** All that the dummy gateway has written down, oldest first. */
export async function readDummyBook(): Promise<DummyBook> {
  const orderBy = [...oldestFirst];
  const [charges, refunds, captures, disputes, calls] = await Promise.all([
    bookDb().dummyCharge.findMany({ orderBy }),
    bookDb().dummyRefund.findMany({ orderBy }),
    bookDb().dummyCapture.findMany({ orderBy }),
    bookDb().dummyDispute.findMany({ orderBy }),
    bookDb().dummyCall.findMany({ orderBy: { id: "asc" } }),
  ]);
  return { charges, refunds, captures, disputes, calls };
}

/** The one account of the book, or null where it was never opened. */
export function findDummyAccount(): Promise<DummyAccount | null> {
  return bookDb().dummyAccount.findFirst({ orderBy: { merchantId: "asc" } });
}

/** Moves the gateway's clock ahead of the machine's. Returns by how much it is ahead then. */
export async function advanceDummyClock(byS: number): Promise<number> {
  await bookDb().dummyAccount.updateMany({ data: { clockOffsetS: { increment: byS } } });
  return (await findDummyAccount())?.clockOffsetS ?? 0;
}

/** The charge of a payment of ours: the one that took or holds money, else the newest that was tried. */
export async function findChargeOf(merchantReference: string): Promise<DummyCharge | null> {
  const charges = await bookDb().dummyCharge.findMany({
    where: { merchantReference, state: { not: "refused" } },
    orderBy: { createdAt: "desc" },
  });
  const live = ["authorized", "succeeded"];
  return charges.find(({ state }) => live.includes(state)) ?? charges[0] ?? null;
}

/** A refund by its reference or ours (`REF-…`); else the newest of a charge. */
export function findDummyRefund(
  by: { reference: string } | { chargeReference: string },
): Promise<DummyRefund | null> {
  const where =
    "reference" in by
      ? { OR: [{ reference: by.reference }, { merchantReference: by.reference }] }
      : { ...by, state: { not: "refused" } };
  return bookDb().dummyRefund.findFirst({ where, orderBy: { createdAt: "desc" } });
}

/** A dispute by its reference; else the newest of a charge. */
export function findDummyDispute(
  where: { reference: string } | { chargeReference: string },
): Promise<DummyDispute | null> {
  return bookDb().dummyDispute.findFirst({ where, orderBy: { createdAt: "desc" } });
}

export async function getDummyCharge(reference: string): Promise<DummyCharge> {
  return bookDb().dummyCharge.findUniqueOrThrow({ where: { reference } });
}
