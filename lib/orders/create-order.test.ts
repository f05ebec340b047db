import { expect, test } from "vitest";
import { POST as create } from "../../app/api/orders/route.ts";
import { callApi, tokenOf } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { createOrder } from "./create-order.ts";

test("an order says the country that its parts go to, or none; what is no country is refused", async () => {
  const admin = await aViewer("admin");
  const token = await tokenOf(admin);
  const items = [{ name: "Battery", unit_amount: "1.00", quantity: 1 }];
  const order = { user_email: admin.email, currency: "USD", items };
  const ordered = (body: object) => callApi(create, { method: "POST", body, token });
  expect(await ordered({ ...order, country: "DE" })).toMatchObject({
    status: 201,
    body: { country: "DE" },
  });
  expect(await ordered(order)).toMatchObject({ status: 201, body: { country: null } });
  for (const country of ["XX", "de", "DEU", ""]) {
    expect((await ordered({ ...order, country })).status).toBe(400);
    await expect(createOrder(admin, { ...order, country })).rejects.toMatchObject({
      fields: { country: [expect.any(String)] },
    });
  }
});
