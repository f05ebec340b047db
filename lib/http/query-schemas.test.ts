import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { isPaymentError } from "../domain/errors.ts";
import * as schemas from "./schemas.ts";
import { validateParams, validateQuery } from "./validate.ts";

/** The fields that a query is refused for; empty where it is taken. */
function refusedQuery(schema: z.ZodObject, query: string): string[] {
  try {
    validateQuery(schema, new URLSearchParams(query));
    return [];
  } catch (error) {
    if (!isPaymentError(error) || error.code !== "invalid_request") throw error;
    return Object.keys(error.fields ?? {});
  }
}

describe("a list's query", () => {
  test("fifty a page unless told", () => {
    expect(validateQuery(schemas.transactionsQuery, new URLSearchParams())).toEqual({ limit: 50 });
  });

  test("filters are typed, an order by its id or its number", () => {
    const query = "limit=100&status=success&gateway=dummy&order=7&user=3&cursor=abc";
    const filters = { limit: 100, status: "success", gateway: "dummy", user: 3, cursor: "abc" };
    expect(validateQuery(schemas.transactionsQuery, new URLSearchParams(query))).toEqual({
      ...filters,
      order: 7,
    });
    const byNumber = new URLSearchParams("order=ORD-ABC123");
    expect(validateQuery(schemas.transactionsQuery, byNumber)).toMatchObject({
      order: "ORD-ABC123",
    });
  });

  const refused: [query: string, field: string][] = [
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=-1", "limit"],
    ["limit=1e1", "limit"],
    ["limit=", "limit"],
    ["limit=1000000000", "limit"],
    ["limit=5&limit=6", "limit"],
    ["status=done", "status"],
    ["status[not]=success", "status[not]"],
    ["gateway=DUMMY", "gateway"],
    ["order=0", "order"],
    ["order=x", "order"],
    ["order=99999999999", "order"],
    ["user=2147483648", "user"],
    ["cursor=%00", "cursor"],
    ["cursor=", "cursor"],
    ["cursor='--", "cursor"],
    ["pagesize=5", "pagesize"],
    ["__proto__=1", "__proto__"],
  ];
  test.each(refused)("%s is refused", (query, field) => {
    expect(refusedQuery(schemas.transactionsQuery, query)).toEqual([field]);
  });
});

describe("an id in a path", () => {
  test.each(["TXN-xyz", "txn-A1B2C3D4E5F6", "TXN-A1B2C3D4E5F6%00", "..", "' OR 1=1"])(
    "%s names nothing",
    (transaction_id) => {
      expect(() => validateParams(schemas.transactionParams, { transaction_id })).toThrow(
        "Not found.",
      );
    },
  );

  test("an array of segments names nothing", () => {
    expect(() =>
      validateParams(schemas.transactionParams, { transaction_id: ["TXN-A1B2C3D4E5F6"] }),
    ).toThrow("Not found.");
  });
});
