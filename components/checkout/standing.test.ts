import { afterEach, describe, expect, test, vi } from "vitest";
import { transactionStatuses } from "#lib/domain/payment";
import { askOrder, standingOf } from "./standing.ts";

const answer = (body: unknown, status = 200) =>
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(body, { status })));

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("how one transaction stands", () => {
  const kinds = {
    pending: "open",
    requires_action: "action",
    processing: "processing",
    authorized: "authorised",
    success: "paid",
    failed: "declined",
    cancelled: "declined",
    partially_refunded: "paid",
    refunded: "paid",
  } as const;

  test.each(transactionStatuses)("%s", (status) => {
    expect(standingOf({ status, transaction_id: "TXN-1" }).kind).toBe(kinds[status]);
  });

  test("only a redirect is an address to go to", () => {
    const challenged = { status: "requires_action", transaction_id: "TXN-1" };
    const url = "https://bank.example/";
    expect(standingOf({ ...challenged, next_action: { type: "redirect", url } })).toMatchObject({
      url,
    });
    expect(standingOf({ ...challenged, next_action: { type: "other", url } })).toMatchObject({
      url: null,
    });
  });
});

describe("how an order stands over its transactions", () => {
  test.each([
    ["money taken counts before a later decline", ["failed", "success"], "paid"],
    ["what is under way counts before a decline", ["failed", "processing"], "processing"],
    ["a decline counts where it came last", ["failed", "pending"], "declined"],
    ["nothing tried", [], "open"],
  ])("%s", async (_name, statuses, kind) => {
    answer(statuses.map((status) => ({ status, transaction_id: "TXN-1" })));
    expect((await askOrder(1)).kind).toBe(kind);
  });

  test("a broken server says nothing about the payment", async () => {
    answer({ detail: "Internal server error." }, 500);
    expect(await askOrder(1)).toEqual({ kind: "no_answer" });
  });

  test("an ended session is told apart", async () => {
    answer({ detail: "…" }, 401);
    expect(await askOrder(1)).toEqual({ kind: "signed_out" });
  });
});
