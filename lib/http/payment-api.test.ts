import { beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../domain/actor.ts";
import { namedViews } from "./view-schemas.ts";
import { aKey, callApi, tokenOf } from "../testing/api.ts";
import {
  aDummyConfiguration,
  anIntent,
  anOrder,
  aProcessedTransaction,
  aViewer,
  cards,
} from "../testing/builders.ts";
import * as orders from "../../app/api/orders/route.ts";
import * as order from "../../app/api/orders/[order_number]/route.ts";
import * as configurations from "../../app/api/payment/configurations/route.ts";
import * as createIntent from "../../app/api/payment/create-intent/route.ts";
import * as process from "../../app/api/payment/process/route.ts";
import * as refund from "../../app/api/payment/refund/route.ts";
import * as refunds from "../../app/api/payment/refunds/route.ts";
import * as oneRefund from "../../app/api/payment/refunds/[refund_id]/route.ts";
import * as transactions from "../../app/api/payment/transactions/route.ts";
import * as oneTransaction from "../../app/api/payment/transactions/[transaction_id]/route.ts";

type Person = { viewer: Viewer; token: string };
let owner: Person;
let stranger: Person;
let support: Person;
let admin: Person;

beforeAll(async () => {
  const person = async (role?: Viewer["role"]): Promise<Person> => {
    const viewer = await aViewer(role);
    return { viewer, token: await tokenOf(viewer) };
  };
  [owner, stranger, support, admin] = await Promise.all([
    person(),
    person(),
    person("support"),
    person("admin"),
  ]);
  await aDummyConfiguration();
});

const post = (body: unknown, { token }: Person, key?: string) => ({
  method: "POST",
  body,
  token,
  ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
});
const atTransaction = (transaction_id: string, { token }: Person) => ({
  params: { transaction_id },
  token,
});

describe("the document's flow", () => {
  test("configurations, intent, process, transaction, refund: each with exactly the document's fields", async () => {
    const { id } = await anOrder(owner.viewer);
    const listed = await callApi(configurations.GET, { token: owner.token });
    for (const configuration of listed.body as unknown as object[]) {
      namedViews.Configuration.strict().parse(configuration);
    }
    const intent = await callApi(
      createIntent.POST,
      post({ order_id: id, gateway: "dummy" }, owner),
    );
    expect(intent.status).toBe(201);
    const { transaction_id } = namedViews.Intent.strict().parse(intent.body);
    const again = await callApi(createIntent.POST, post({ order_id: id, gateway: "dummy" }, owner));
    expect(again).toMatchObject({ status: 200, text: intent.text });

    const card = {
      card_number: "4111111111111111",
      expiry_month: "12",
      expiry_year: "2027",
      cvv: "123",
    };
    const body = { transaction_id, payment_method: "credit_card", payment_data: card };
    const paid = await callApi(process.POST, post(body, owner));
    expect(paid.status).toBe(200);
    expect(paid.body).toEqual({
      message: "Payment processed successfully",
      transaction_id,
      status: "success",
    });
    expect(await callApi(process.POST, post(body, owner))).toMatchObject({
      status: 200,
      text: paid.text,
    });
    const order = await callApi(createIntent.POST, post({ order_id: id, gateway: "dummy" }, owner));
    expect(order.status).toBe(409);

    const shown = await callApi(oneTransaction.GET, atTransaction(transaction_id, owner));
    expect(namedViews.Transaction.strict().parse(shown.body)).toMatchObject({
      status: "success",
      amount: "150.00",
    });
    expect(shown.text).not.toMatch(/4111111111111111|"123"/);

    const refunded = await callApi(
      refund.POST,
      post({ transaction_id, amount: "10.00", reason: "Customer request" }, admin),
    );
    expect(refunded.status).toBe(201);
    const { refund_id } = namedViews.Refund.strict().parse(refunded.body);
    const over = await callApi(refund.POST, post({ transaction_id, amount: "140.01" }, admin));
    expect(over).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    const rest = await callApi(refund.POST, post({ transaction_id }, admin));
    expect(rest).toMatchObject({ status: 201, body: { amount: "140.00" } });
    const found = await callApi(oneRefund.GET, { params: { refund_id }, token: owner.token });
    expect(found.body).toMatchObject({ refund_id, transaction_id });
  });

  test("declined is 402 with its code, and a second try on it is 409", async () => {
    const { transactionId } = await anIntent(owner.viewer);
    const body = {
      transaction_id: transactionId,
      payment_data: { card_number: cards.insufficientFunds },
    };
    const declined = await callApi(process.POST, post(body, owner));
    expect(declined.status).toBe(402);
    expect(namedViews.Declined.strict().parse(declined.body).code).toBe("insufficient_funds");
    expect((await callApi(process.POST, post(body, owner))).status).toBe(409);
  });

  test("3-D Secure asks for the shopper; a broken connection is 202", async () => {
    const secure = await anIntent(owner.viewer);
    const asked = await callApi(
      process.POST,
      post(
        { transaction_id: secure.transactionId, payment_data: { card_number: cards.threeDSecure } },
        owner,
      ),
    );
    expect(asked.status).toBe(200);
    namedViews.ActionRequired.strict().parse(asked.body);
    const broken = await anIntent(owner.viewer);
    const unknown = await callApi(
      process.POST,
      post(
        {
          transaction_id: broken.transactionId,
          payment_data: { card_number: cards.chargedThenBroken },
        },
        owner,
      ),
    );
    expect(unknown.status).toBe(202);
    namedViews.Processing.strict().parse(unknown.body);
  });

  test("the same key pays, orders and refunds once, and says so", async () => {
    const [orderKey, payKey, refundKey] = [aKey(), aKey(), aKey()];
    const item = { name: "Battery", unit_amount: "150.00", quantity: 1 };
    const ordering = post(
      { user_email: owner.viewer.email, currency: "USD", items: [item] },
      admin,
      orderKey,
    );
    const [first, second] = [
      await callApi(orders.POST, ordering),
      await callApi(orders.POST, ordering),
    ];
    expect(second).toMatchObject({ status: 201, text: first.text });
    const intent = await callApi(
      createIntent.POST,
      post({ order_id: first.body.id, gateway: "dummy" }, owner),
    );
    const paying = post({ transaction_id: intent.body.transaction_id }, owner, payKey);
    const paid = [await callApi(process.POST, paying), await callApi(process.POST, paying)];
    expect(paid[1]?.headers.get("idempotent-replayed")).toBe("true");
    const refunding = post(
      { transaction_id: intent.body.transaction_id, amount: "10.00" },
      admin,
      refundKey,
    );
    const back = [await callApi(refund.POST, refunding), await callApi(refund.POST, refunding)];
    expect(back[1]).toMatchObject({ status: 201, text: back[0]?.text });
    const shown = await callApi(
      oneTransaction.GET,
      atTransaction(String(intent.body.transaction_id), owner),
    );
    expect(shown.body.refunded_amount).toBe("10.00");
    const other = post(
      { transaction_id: intent.body.transaction_id, amount: "11.00" },
      admin,
      refundKey,
    );
    expect((await callApi(refund.POST, other)).status).toBe(422);
  });
});

describe("somebody else's", () => {
  test("order, intent, payment and refund are 404 as if they were not there, also just after the owner read them", async () => {
    const paid = await aProcessedTransaction(owner.viewer);
    const pending = await anIntent(owner.viewer);
    const made = await callApi(
      refund.POST,
      post({ transaction_id: paid.transactionId, amount: "1.00" }, admin),
    );
    const absent = await callApi(oneTransaction.GET, atTransaction("TXN-000000000000", stranger));
    expect(
      (await callApi(oneTransaction.GET, atTransaction(paid.transactionId, owner))).status,
    ).toBe(200);
    const answers = [
      await callApi(oneTransaction.GET, atTransaction(paid.transactionId, stranger)),
      await callApi(oneRefund.GET, {
        params: { refund_id: String(made.body.refund_id) },
        token: stranger.token,
      }),
      await callApi(order.GET, {
        params: { order_number: paid.orderNumber },
        token: stranger.token,
      }),
      await callApi(
        createIntent.POST,
        post({ order_id: pending.orderId, gateway: "dummy" }, stranger),
      ),
      await callApi(process.POST, post({ transaction_id: pending.transactionId }, stranger)),
      await callApi(process.POST, post({ transaction_id: paid.transactionId }, stranger)),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, text: absent.text });
  });

  test("is in no list, whatever filter is given; staff see it and narrow by person", async () => {
    const paid = await aProcessedTransaction(owner.viewer);
    const ids = async (query: string, { token }: Person) => {
      const { body } = await callApi(transactions.GET, {
        path: `/api/payment/transactions/?${query}`,
        token,
      });
      return (body as unknown as { transaction_id: string }[]).map((row) => row.transaction_id);
    };
    expect(await ids(`user=${owner.viewer.userId}`, stranger)).toEqual([]);
    expect(await ids(`order=${paid.orderId}`, stranger)).toEqual([]);
    expect(await ids(`order=${paid.orderNumber}`, owner)).toEqual([paid.transactionId]);
    expect(await ids(`user=${owner.viewer.userId}&limit=1`, support)).toEqual([paid.transactionId]);
    const strangersRefunds = await callApi(refunds.GET, {
      path: `/api/payment/refunds/?transaction_id=${paid.transactionId}`,
      token: stranger.token,
    });
    expect(strangersRefunds.body).toEqual([]);
  });

  test("money is moved by no one who may only look", async () => {
    const paid = await aProcessedTransaction(owner.viewer);
    const pending = await anIntent(owner.viewer);
    const refused = [
      await callApi(refund.POST, post({ transaction_id: paid.transactionId }, support)),
      await callApi(refund.POST, post({ transaction_id: paid.transactionId }, owner)),
      await callApi(process.POST, post({ transaction_id: pending.transactionId }, support)),
      await callApi(
        createIntent.POST,
        post({ order_id: pending.orderId, gateway: "dummy" }, support),
      ),
      await callApi(orders.POST, post({ items: [{ sku: "X", quantity: 1 }] }, support)),
    ];
    expect(refused.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403]);
    expect(
      (await callApi(oneTransaction.GET, atTransaction(paid.transactionId, support))).body
        .refunded_amount,
    ).toBe("0.00");
  });
});

describe("pages of a list", () => {
  test("follow each other by Link, without a gap or a repetition, filters kept", async () => {
    const person = { viewer: await aViewer(), token: "" };
    person.token = await tokenOf(person.viewer);
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1)
      made.unshift((await anIntent(person.viewer)).transactionId);
    const seen: string[] = [];
    let path: string | undefined = "/api/payment/transactions/?limit=2&status=pending";
    while (path !== undefined) {
      const { body, headers } = await callApi(transactions.GET, { path, token: person.token });
      seen.push(
        ...(body as unknown as { transaction_id: string }[]).map((row) => row.transaction_id),
      );
      path = /^<http:\/\/localhost:8000(\S+)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
      if (path !== undefined) expect(path).toContain("status=pending");
    }
    expect(seen).toEqual(made);
  });
});
