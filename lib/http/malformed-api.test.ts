import { beforeAll, describe, expect, test } from "vitest";
import * as orders from "../../app/api/orders/route.ts";
import * as createIntent from "../../app/api/payment/create-intent/route.ts";
import * as process from "../../app/api/payment/process/route.ts";
import * as refund from "../../app/api/payment/refund/route.ts";
import * as oneTransaction from "../../app/api/payment/transactions/[transaction_id]/route.ts";
import { callApi, tokenOf } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";

let token: string;
beforeAll(async () => {
  token = await tokenOf(await aViewer("admin"));
});

const post = (body: unknown) => ({ method: "POST", body, token });

describe("what no handler may choke on", () => {
  const writes = {
    "create-intent": createIntent.POST,
    process: process.POST,
    refund: refund.POST,
    orders: orders.POST,
  };
  const bodies: [name: string, body: unknown, status: number][] = [
    ["nothing", "", 400],
    ["half an object", '{"order_id":', 400],
    ["null", "null", 400],
    ["an array", "[]", 400],
    ["text", '"x"', 400],
    ["NUL", '{"order_id":1,"gateway":"dummy","transaction_id":"TXN-\\u0000"}', 400],
    ["2^63", '{"order_id":9223372036854775808,"gateway":"dummy"}', 400],
    ["1e308", '{"transaction_id":"TXN-A1B2C3D4E5F6","amount":"1e308"}', 400],
    ["-1", '{"transaction_id":"TXN-A1B2C3D4E5F6","amount":-1}', 400],
    ["an operator", '{"transaction_id":{"contains":"TXN"}}', 400],
    ["__proto__", '{"__proto__":{"role":"admin"}}', 400],
    ["10,000 levels", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, 400],
    ["10 MB", new Uint8Array(10_485_760).fill(32), 413],
  ];
  const cases = Object.keys(writes).flatMap((name) =>
    bodies.map(([kind, body, status]) => [name, kind, body, status] as const),
  );
  test.each(cases)("%s: %s", async (name, _kind, body, status) => {
    const answer = await callApi(writes[name as keyof typeof writes], post(body));
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toBeTypeOf("string");
    expect(answer.text).not.toMatch(/at \S+ \(|prisma|node_modules/i);
  });

  test.each(["TXN-A1B2C3D4E5F", "%00", "..%2f", "' OR 1=1", "x".repeat(5_000)])(
    "the id %s is 404",
    async (id) => {
      expect(
        (await callApi(oneTransaction.GET, { params: { transaction_id: id }, token })).status,
      ).toBe(404);
    },
  );

  test("a transaction, an order and a refund that are not there", async () => {
    const transaction_id = "TXN-000000000000";
    expect((await callApi(process.POST, post({ transaction_id }))).status).toBe(404);
    expect((await callApi(refund.POST, post({ transaction_id }))).status).toBe(404);
    expect(
      (await callApi(createIntent.POST, post({ order_id: 2_147_483_647, gateway: "dummy" })))
        .status,
    ).toBe(404);
  });
});
