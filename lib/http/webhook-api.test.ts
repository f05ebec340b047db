import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { GET } from "../../app/api/payment/webhook-events/route.ts";
import { POST as replay } from "../../app/api/payment/webhook-events/[id]/replay/route.ts";
import { POST as receive } from "../../app/api/payment/webhooks/[gateway]/route.ts";
import { db } from "../db/client.ts";
import type { WebhookState } from "../domain/webhook.ts";
import { anAddress, callApi, tokenOf, withSettings } from "../testing/api.ts";
import { aDummyConfiguration, aProcessedTransaction, aViewer } from "../testing/builders.ts";
import { remoteAddressHeader } from "./client-address.ts";

const path = "/api/payment/webhook-events/";

async function anEvent(state: WebhookState, transactionPk: number | null = null): Promise<number> {
  const isSettled = state !== "received" && state !== "parked";
  const row = await db().webhookEvent.create({
    data: {
      gateway: "dummy",
      configurationId: await aDummyConfiguration(),
      eventId: `evt_${randomBytes(9).toString("hex")}`,
      body: new Uint8Array(Buffer.from("the body 4242424242424242")),
      bodySha256: new Uint8Array(randomBytes(32)),
      type: "charge.succeeded",
      state,
      transactionPk,
      settledAt: isSettled ? new Date() : null,
    },
  });
  return row.id;
}

test("staff see what gateways told us, newest first, by state, gateway and payment; never a body", async () => {
  const transaction = await aProcessedTransaction(await aViewer());
  const token = await tokenOf(await aViewer("support"));
  const ids = [
    await anEvent("dead"),
    await anEvent("processed", transaction.id),
    await anEvent("dead"),
  ];
  const list = async (search: string) => {
    const answer = await callApi(GET, { path: `${path}?${search}`, token });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("4242");
    return answer;
  };
  const idsOf = (answer: { body: unknown }) =>
    (answer.body as { id: number }[]).map(({ id }) => id);
  expect(idsOf(await list(""))).toEqual(ids.toReversed());
  const first = await list("state=dead&gateway=dummy&limit=1");
  expect(idsOf(first)).toEqual([ids[2]]);
  const next = /\?(\S+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  expect(idsOf(await list(next))).toEqual([ids[0]]);
  const [found] = (await list(`transaction_id=${transaction.transactionId}`))
    .body as unknown as object[];
  expect(found).toEqual({
    id: ids[1],
    gateway: "dummy",
    event_id: expect.stringMatching(/^evt_/) as string,
    type: "charge.succeeded",
    state: "processed",
    transaction_id: transaction.transactionId,
    attempts: 0,
    last_error: "",
    received_at: expect.stringMatching(/Z$/) as string,
    next_attempt_at: null,
    settled_at: expect.stringMatching(/Z$/) as string,
  });
  for (const search of ["state=odd", "gateway=odd", "cursor=!", "body=1"]) {
    expect((await callApi(GET, { path: `${path}?${search}`, token })).status).toBe(400);
  }
});

test("a customer sees none of it, and only an admin replays", async () => {
  const id = String(await anEvent("dead"));
  const post = async (token: string | undefined, given = id) =>
    callApi(replay, {
      method: "POST",
      path: `${path}${given}/replay/`,
      params: { id: given },
      ...(token === undefined ? {} : { token }),
    });
  const [customer, support, admin] = await Promise.all(
    (["customer", "support", "admin"] as const).map(async (role) => tokenOf(await aViewer(role))),
  );
  expect((await callApi(GET, { path, token: customer! })).status).toBe(403);
  expect((await callApi(GET, { path })).status).toBe(401);
  expect((await post(undefined)).status).toBe(401);
  expect((await post(customer)).status).toBe(403);
  expect((await post(support)).status).toBe(403);
  const answer = await post(admin);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ id: Number(id), state: "received", attempts: 0 });
  expect((await post(admin)).status).toBe(409);
  for (const given of ["0", "99999999999", "abc", "2147483647"]) {
    expect((await post(admin, given)).status).toBe(404);
  }
});

test("the webhook door counts by address alone, under a limit of its own", async () => {
  const rule = { requests: 3, windowMs: 3_600_000 };
  const token = await tokenOf(await aViewer());
  await withSettings({ RATE_LIMIT_WEBHOOK: rule }, async () => {
    const address = anAddress();
    const send = (from: string) =>
      callApi(receive, {
        method: "POST",
        path: "/api/payment/webhooks/dummy/",
        params: { gateway: "dummy" },
        body: "{}",
        token,
        headers: { [remoteAddressHeader]: from },
      });
    for (let call = 0; call < 3; call += 1) expect((await send(address)).status).not.toBe(429);
    expect((await send(address)).status).toBe(429);
    expect((await send(anAddress())).status).not.toBe(429);
  });
});
