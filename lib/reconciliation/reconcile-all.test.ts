import { afterEach, beforeEach, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { selectRuns } from "../db/reconciliation.ts";
import { aDummyConfiguration, aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { makeOld } from "../testing/listing-fixture.ts";
import { reconcileDaily, reconcileNow } from "./reconcile-all.ts";

const dayMs = 24 * 3_600_000;

beforeEach(async () => {
  await aDummyConfiguration();
  await db().reconciliationRun.deleteMany();
});
afterEach(() => db().dummyFault.deleteMany());

async function days(): Promise<number[]> {
  const runs = await selectRuns({ limit: 10 });
  return runs.map(({ from, until }) => (until.getTime() - from.getTime()) / dayMs);
}

test("the daily round looks at the last days, and once a week at the last months", async () => {
  await reconcileDaily();
  await reconcileDaily();
  expect(await days()).toEqual([3, 120]);
  await db().$executeRaw`
    UPDATE reconciliation_runs SET started_at = now() - interval '8 days'`;
  await reconcileDaily();
  expect(await days()).toEqual([120, 3, 120]);
});

test("a payment and its refunds agree with the gateway's own book", async () => {
  await makeOld(await aProcessedTransaction(await aViewer()));
  await reconcileDaily();
  expect(await selectRuns({ limit: 1 })).toMatchObject([
    { gateway: "dummy", compared: 1, differences: 0, error: "" },
  ]);
});

test("a gateway that is away: the run says so, nothing is missing there, and the round comes again", async () => {
  await makeOld(await aProcessedTransaction(await aViewer()));
  await db().dummyFault.create({ data: { mode: "outage", remaining: 1_000_000 } });
  await expect(reconcileDaily()).rejects.toThrow("1 gateways could not be compared");
  const [run] = await selectRuns({ limit: 1 });
  expect(run).toMatchObject({ compared: 0, differences: 0 });
  expect(run?.error).toContain("does not answer");
  expect(await db().case.count()).toBe(0);
});

test("what an admin has compared is audited; support may not", async () => {
  const admin = await aViewer("admin");
  const [run] = await reconcileNow(admin, { gateway: "dummy" });
  const audited = await db().auditEvent.findFirstOrThrow({ where: { action: "reconciled" } });
  expect(audited).toMatchObject({ entity: "configuration", after: { run: run?.id } });
  const support = await aViewer("support");
  await expect(reconcileNow(support, {})).rejects.toMatchObject({ code: "forbidden" });
});
