import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { POST as resolve } from "../../app/api/payment/cases/[id]/resolve/route.ts";
import { GET as list } from "../../app/api/payment/cases/route.ts";
import { POST as reconcile } from "../../app/api/payment/reconcile/route.ts";
import { GET as runs } from "../../app/api/payment/reconciliations/route.ts";
import { db } from "../db/client.ts";
import type { CaseKind } from "../domain/case.ts";
import { newTransactionId } from "../domain/ids.ts";
import { dummyGateway } from "../gateways/dummy/dummy-gateway.ts";
import type { GatewayAccount } from "../gateways/gateway.ts";
import { aKey, callApi, tokenOf } from "../testing/api.ts";
import { aDummyConfiguration, aViewer } from "../testing/builders.ts";

const casesPath = "/api/payment/cases/";
const reconcilePath = "/api/payment/reconcile/";
const runsPath = "/api/payment/reconciliations/";

let tokens: Record<"customer" | "support" | "admin", string>;
beforeAll(async () => {
  await aDummyConfiguration();
  const tokenFor = async (role: keyof typeof tokens) => tokenOf(await aViewer(role));
  tokens = {
    customer: await tokenFor("customer"),
    support: await tokenFor("support"),
    admin: await tokenFor("admin"),
  };
});
beforeEach(async () => {
  await db().$executeRaw`DELETE FROM cases`;
});

async function aCase(kind: CaseKind, transactionId: string | null = null): Promise<number> {
  const data = { kind, caseKey: `${kind}:${randomUUID()}`, gateway: "dummy", transactionId };
  return (await db().case.create({ data })).id;
}

const post = (id: string | number, body: unknown, token?: string, headers = {}) =>
  callApi(resolve, {
    method: "POST",
    path: `${casesPath}${id}/resolve/`,
    params: { id: String(id) },
    body,
    headers,
    ...(token === undefined ? {} : { token }),
  });

const compare = (body: unknown, token = tokens.admin) =>
  callApi(reconcile, { method: "POST", path: reconcilePath, body, token });

/** A charge of an hour ago in the gateway's book that nothing here tells of. */
async function aForeignCharge(): Promise<string> {
  const transactionId = newTransactionId();
  await dummyGateway.charge({} as GatewayAccount, {
    gatewayKey: `elsewhere-${transactionId}`,
    merchantReference: transactionId,
    amountMinor: 15_000n,
    currency: "USD",
    captureMethod: "automatic",
    returnUrl: "",
    payment: { card: null, fields: {} },
    intentReference: null,
  });
  await db().$executeRaw`UPDATE dummy_charges SET created_at = now() - interval '1 hour'`;
  return transactionId;
}

test("staff list cases, newest first, by status, kind and payment, page by page", async () => {
  const ids = [
    await aCase("excess_capture", "TXN-000000000001"),
    await aCase("missing_here"),
    await aCase("excess_capture"),
  ];
  await post(ids[2]!, { resolution: "dismissed", note: "Two orders were meant." }, tokens.admin);
  const listed = async (search: string) => {
    const answer = await callApi(list, { path: `${casesPath}?${search}`, token: tokens.support });
    expect(answer.status).toBe(200);
    return answer;
  };
  const idsOf = async (search: string) =>
    ((await listed(search)).body as unknown as { id: number }[]).map(({ id }) => id);
  expect(await idsOf("")).toEqual(ids.toReversed());
  expect(await idsOf("status=open")).toEqual([ids[1], ids[0]]);
  expect(await idsOf("status=resolved")).toEqual([ids[2]]);
  expect(await idsOf("kind=excess_capture&status=open")).toEqual([ids[0]]);
  expect(await idsOf("transaction_id=TXN-000000000001")).toEqual([ids[0]]);
  const first = await listed("limit=2");
  const next = /\?(\S+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  expect(await idsOf(next)).toEqual([ids[0]]);
  const [closed] = (await listed("status=resolved")).body as unknown as object[];
  expect(closed).toEqual({
    id: ids[2],
    kind: "excess_capture",
    status: "resolved",
    gateway: "dummy",
    transaction_id: null,
    evidence: {},
    resolution: "dismissed",
    note: "Two orders were meant.",
    resolved_by: expect.stringMatching(/^admin-/) as string,
    created_at: expect.stringMatching(/Z$/) as string,
    seen_at: expect.stringMatching(/Z$/) as string,
    resolved_at: expect.stringMatching(/Z$/) as string,
  });
  for (const search of ["status=odd", "kind=odd", "cursor=!", "evidence=1"]) {
    const answer = await callApi(list, { path: `${casesPath}?${search}`, token: tokens.support });
    expect(answer.status).toBe(400);
  }
});

test("nobody but staff sees cases and runs; nobody but an admin resolves or compares", async () => {
  const id = await aCase("excess_capture");
  const body = { resolution: "dismissed", note: "So be it." };
  for (const [handler, path] of [
    [list, casesPath],
    [runs, runsPath],
  ] as const) {
    expect((await callApi(handler, { path })).status).toBe(401);
    expect((await callApi(handler, { path, token: tokens.customer })).status).toBe(403);
    expect((await callApi(handler, { path, token: tokens.support })).status).toBe(200);
  }
  expect((await post(id, body)).status).toBe(401);
  for (const token of [tokens.customer, tokens.support]) {
    expect((await post(id, body, token)).status).toBe(403);
    expect((await compare({}, token)).status).toBe(403);
  }
  expect((await post(id, body, tokens.admin)).status).toBe(200);
});

test("a resolution that does not fit is 400, a closed case 409, one that is not there 404", async () => {
  const id = await aCase("excess_capture");
  for (const [body, field] of [
    [{ resolution: "adopted" }, "resolution"],
    [{ resolution: "dismissed" }, "note"],
    [{ resolution: "refunded", note: "x" }, "resolution"],
    [{ resolution: "dismissed", note: "card 4242 4242 4242 4242" }, "note"],
    [{ resolution: "dismissed", note: "x", status: "open" }, ""],
  ] as const) {
    const answer = await post(id, body, tokens.admin);
    expect(answer.status).toBe(400);
    if (field) expect(answer.body.errors).toHaveProperty(field);
  }
  const alert = await aCase("invariant_violated");
  const dismissed = { resolution: "dismissed", note: "x" };
  expect((await post(alert, dismissed, tokens.admin)).status).toBe(400);
  expect((await post(id, dismissed, tokens.admin)).status).toBe(200);
  expect((await post(id, dismissed, tokens.admin)).status).toBe(409);
  for (const given of ["0", "abc", "2147483647", "99999999999"]) {
    expect((await post(given, dismissed, tokens.admin)).status).toBe(404);
  }
});

test("a charge that is missing here: compared, told, adopted, and the repetition gets the same answer", async () => {
  const transactionId = await aForeignCharge();
  const owner = await aViewer();
  const compared = await compare({ gateway: "dummy" });
  expect(compared.status).toBe(200);
  expect(compared.body).toEqual({
    runs: [
      {
        id: expect.any(Number) as number,
        gateway: "dummy",
        from: expect.stringMatching(/Z$/) as string,
        until: expect.stringMatching(/Z$/) as string,
        compared: 1,
        differences: 1,
        error: "",
        started_at: expect.stringMatching(/Z$/) as string,
        finished_at: expect.stringMatching(/Z$/) as string,
      },
    ],
  });
  const found = await db().case.findFirstOrThrow({ where: { kind: "missing_here" } });
  const headers = { "idempotency-key": aKey() };
  const body = { resolution: "adopted", user_email: owner.email };
  const first = await post(found.id, body, tokens.admin, headers);
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ status: "resolved", resolution: "adopted" });
  const again = await post(found.id, body, tokens.admin, headers);
  expect(again.text).toBe(first.text);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  const transaction = await db().transaction.findUniqueOrThrow({ where: { transactionId } });
  expect(transaction).toMatchObject({ status: "success", userId: owner.userId });
});

test("on demand: of a time, and what cannot be compared is refused by name", async () => {
  const from = "2026-01-01T00:00:00Z";
  const run = await compare({ from, until: "2026-01-02T00:00:00+00:00" });
  expect(run.body.runs).toMatchObject([{ from, until: "2026-01-02T00:00:00Z", compared: 0 }]);
  for (const body of [
    { from: "yesterday" },
    { from, until: from },
    { from: "2020-01-01T00:00:00Z" },
    { until: "2999-01-01T00:00:00Z" },
    { gateway: "odd" },
    { gateway: "stripe" },
    { days: 3 },
  ]) {
    expect((await compare(body)).status).toBe(400);
  }
  const listed = await callApi(runs, {
    path: `${runsPath}?gateway=dummy&limit=1`,
    token: tokens.support,
  });
  expect(listed.status).toBe(200);
  expect(listed.body).toMatchObject([{ gateway: "dummy", from }]);
  expect(listed.headers.get("link")).toContain('rel="next"');
});
