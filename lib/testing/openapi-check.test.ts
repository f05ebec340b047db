import { describe, expect, it } from "vitest";
import { OpenApi } from "./openapi-check.ts";

const stripe = new OpenApi("stripe.openapi.json");
const orders = new OpenApi("paypal-orders-v2.openapi.json");

describe("a form", () => {
  const create = (body: string) =>
    stripe.request({ method: "POST", path: "/v1/payment_intents", body });

  it("passes with numbers, booleans, maps and lists as text", () => {
    expect(
      create(
        "amount=1500&currency=usd&automatic_payment_methods[enabled]=true&metadata[order]=7&expand[]=latest_charge",
      ),
    ).toEqual([]);
  });

  it.each([
    ["a missing amount", "currency=usd"],
    ["a fraction", "amount=1.5&currency=usd"],
    ["an unknown name", "amount=1500&currency=usd&colour=red"],
    ["an unknown way to capture", "amount=1500&currency=usd&capture_method=later"],
    ["a broken name", "amount=1500&currency=usd&metadata[a=1"],
  ])("%s is told", (_what, body) => {
    expect(create(body)).not.toEqual([]);
  });
});

describe("a query", () => {
  it("passes with nested filters, and tells unknown names", () => {
    const list = (query: string) => stripe.request({ method: "GET", path: `/v1/refunds?${query}` });
    expect(list("limit=3&created[gte]=1700000000&expand[]=data.charge")).toEqual([]);
    expect(list("limit=three")).not.toEqual([]);
    expect(list("colour=red")).not.toEqual([]);
  });

  it("of an operation that the service does not have is told", () => {
    expect(stripe.request({ method: "GET", path: "/v1/nowhere" })).not.toEqual([]);
    expect(stripe.request({ method: "DELETE", path: "/v1/refunds" })).not.toEqual([]);
  });
});

describe("a JSON body", () => {
  const create = (body: unknown) =>
    orders.request({ method: "POST", path: "/v2/checkout/orders", body: JSON.stringify(body) });

  it("passes, and tells what is wrong inside", () => {
    const unit = { amount: { currency_code: "USD", value: "15.00" } };
    expect(create({ intent: "CAPTURE", purchase_units: [unit] })).toEqual([]);
    expect(create({ intent: "TAKE", purchase_units: [unit] })).not.toEqual([]);
    expect(create({ intent: "CAPTURE" })).not.toEqual([]);
    expect(
      create({
        intent: "CAPTURE",
        purchase_units: [{ amount: { currency_code: "USD", value: "a lot" } }],
      }),
    ).not.toEqual([]);
  });
});

describe("an answer", () => {
  it("is held against the shape for its status, nulls included", () => {
    const answer = (status: number, body: unknown) =>
      stripe.answer({ method: "GET", path: "/v1/refunds/re_1", status, body });
    const refund = {
      id: "re_1",
      object: "refund",
      amount: 500,
      balance_transaction: null,
      charge: "ch_1",
      created: 1700000000,
      currency: "usd",
      metadata: {},
      payment_intent: "pi_1",
      reason: null,
      receipt_number: null,
      source_transfer_reversal: null,
      status: "succeeded",
      transfer_reversal: null,
    };
    expect(answer(200, refund)).toEqual([]);
    expect(answer(200, { ...refund, amount: "500" })).not.toEqual([]);
    expect(
      answer(404, { error: { type: "invalid_request_error", message: "No such refund" } }),
    ).toEqual([]);
    expect(answer(404, { error: "nothing" })).not.toEqual([]);
  });
});
