import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { isPaymentError } from "../domain/errors.ts";
import * as schemas from "./schemas.ts";
import { validateBody } from "./validate.ts";

const transaction_id = "TXN-A1B2C3D4E5F6";

/** The fields that a body is refused for; empty where it is taken. */
function refusedFields(schema: z.ZodType, json: string): string[] {
  try {
    validateBody(schema, JSON.parse(json));
    return [];
  } catch (error) {
    if (!isPaymentError(error) || error.code !== "invalid_request") throw error;
    return Object.keys(error.fields ?? {});
  }
}

describe("create-intent", () => {
  test.each(["1", "2147483647", "1.0", "1e2"])("order_id %s is taken", (order_id) => {
    expect(
      refusedFields(schemas.createIntentBody, `{"order_id":${order_id},"gateway":"dummy"}`),
    ).toEqual([]);
  });

  const refusedIds = [
    "0",
    "-1",
    "-0",
    "1.5",
    "2147483648",
    "4294967297",
    "9007199254740993",
    "9223372036854775808",
    "1e308",
    '"1"',
    "true",
    "null",
    "[1]",
    "{}",
    '{"gt":0}',
  ];
  test.each(refusedIds)("order_id %s is refused", (order_id) => {
    expect(
      refusedFields(schemas.createIntentBody, `{"order_id":${order_id},"gateway":"dummy"}`),
    ).toEqual(["order_id"]);
  });

  test.each(['"DUMMY"', '"bitcoin"', '""', "null", "1", '["dummy"]', '{"contains":"d"}'])(
    "gateway %s is refused",
    (gateway) => {
      expect(
        refusedFields(schemas.createIntentBody, `{"order_id":1,"gateway":${gateway}}`),
      ).toEqual(["gateway"]);
    },
  );

  const columns = [
    "amount",
    "currency",
    "status",
    "user",
    "user_id",
    "role",
    "captured_amount",
    "gateway_transaction_id",
    "is_active",
    "metadata",
  ];
  test.each(columns)("%s cannot be set along", (column) => {
    expect(
      refusedFields(schemas.createIntentBody, `{"order_id":1,"gateway":"dummy","${column}":"x"}`),
    ).toEqual([column]);
  });

  test.each(["[]", "null", '"x"', "1", "true"])("%s is no body", (json) => {
    expect(refusedFields(schemas.createIntentBody, json)).toEqual(["body"]);
  });
});

describe("refund", () => {
  const body = (fields: string): string => `{"transaction_id":"${transaction_id}"${fields}}`;

  test.each(['"150.00"', '"150"', '"1.500"', '"999999999999.999"'])(
    "amount %s is taken",
    (amount) => {
      expect(refusedFields(schemas.refundBody, body(`,"amount":${amount}`))).toEqual([]);
    },
  );

  const refusedAmounts = [
    "150",
    "150.0",
    "-1",
    "0",
    "1e308",
    "null",
    "true",
    "{}",
    '["1"]',
    '""',
    '"-1"',
    '"+1"',
    '"1e3"',
    '"1e308"',
    '" 150 "',
    '"150 "',
    '"1,000.00"',
    '"0x10"',
    '"NaN"',
    '"Infinity"',
    '"1."',
    '".5"',
    '"1.0000"',
    '"1000000000000"',
    '"１５０"',
    '"1.5.0"',
    '"150\\n"',
    `"${"9".repeat(30)}"`,
  ];
  test.each(refusedAmounts)("amount %s is refused", (amount) => {
    expect(refusedFields(schemas.refundBody, body(`,"amount":${amount}`))).toEqual(["amount"]);
  });

  const refusedIds = [
    "TXN-a1b2c3d4e5f6",
    "TXN-A1B2C3D4E5F",
    "TXN-A1B2C3D4E5F6X",
    "REF-A1B2C3D4E5F6",
    " TXN-A1B2C3D4E5F6",
    "TXN-A1B2C3D4E5F6\\n",
    "' OR 1=1 --",
    "",
  ];
  test.each(refusedIds)("transaction_id %j is refused", (id) => {
    expect(refusedFields(schemas.refundBody, `{"transaction_id":"${id}"}`)).toEqual([
      "transaction_id",
    ]);
  });

  test.each(["4111111111111111", "4111 1111 1111 1111", "card 4111-1111-1111-1111 please"])(
    "a reason with the card %s is refused",
    (reason) => {
      expect(refusedFields(schemas.refundBody, body(`,"reason":"${reason}"`))).toEqual(["reason"]);
    },
  );

  test("a reason is free text of at most 500 characters", () => {
    expect(
      refusedFields(schemas.refundBody, body(`,"reason":"=1+1 <script> \u202E \u{1F697}"`)),
    ).toEqual([]);
    expect(refusedFields(schemas.refundBody, body(`,"reason":"${"x".repeat(500)}"`))).toEqual([]);
    expect(refusedFields(schemas.refundBody, body(`,"reason":"${"x".repeat(501)}"`))).toEqual([
      "reason",
    ]);
  });
});

describe("process", () => {
  const body = (fields: string): string => `{"transaction_id":"${transaction_id}"${fields}}`;
  const card = (fields: string): string => body(`,"payment_data":{${fields}}`);

  test("the document's example is taken, and so is nothing but the transaction", () => {
    const example =
      '"card_number":"4111111111111111","expiry_month":"12","expiry_year":"2027","cvv":"123"';
    expect(
      refusedFields(
        schemas.processBody,
        body(`,"payment_method":"credit_card","payment_data":{${example}}`),
      ),
    ).toEqual([]);
    expect(refusedFields(schemas.processBody, body(""))).toEqual([]);
    expect(refusedFields(schemas.processBody, card(""))).toEqual([]);
  });

  test("spaces and dashes in a card number are taken out", () => {
    const parsed = validateBody(schemas.processBody, {
      transaction_id,
      payment_data: { card_number: "4111 1111-1111 1111" },
    });
    expect(parsed.payment_data?.card_number).toBe("4111111111111111");
  });

  const refused: [fields: string, field: string][] = [
    ['"card_number":4111111111111111', "payment_data.card_number"],
    ['"card_number":"4111"', "payment_data.card_number"],
    ['"card_number":"4111111111111111111111"', "payment_data.card_number"],
    ['"card_number":"４１１１１１１１１１１１１１１１"', "payment_data.card_number"],
    ['"cvv":"12a"', "payment_data.cvv"],
    ['"cvv":123', "payment_data.cvv"],
    ['"expiry_month":"13"', "payment_data.expiry_month"],
    ['"expiry_year":"27 "', "payment_data.expiry_year"],
    ['"amount":"0.01"', "payment_data.amount"],
  ];
  test.each(refused)("payment_data %s is refused", (fields, field) => {
    expect(refusedFields(schemas.processBody, card(fields))).toEqual([field]);
  });

  test("neither a card in payment_method nor one as a field's name comes back", () => {
    expect(
      refusedFields(schemas.processBody, body(',"payment_method":"4111111111111111"')),
    ).toEqual(["payment_method"]);
    expect(refusedFields(schemas.processBody, body(',"4111111111111111":1')).join()).not.toContain(
      "411111",
    );
  });
});

describe("orders", () => {
  const item = '{"sku":"BRK-PAD-F01","quantity":2}';
  const custom = '{"name":"Part","unit_amount":"1.50","quantity":1}';

  test("a catalogue order and an admin's own are taken", () => {
    expect(refusedFields(schemas.createOrderBody, `{"items":[${item}]}`)).toEqual([]);
    expect(
      refusedFields(
        schemas.createOrderBody,
        `{"user_email":"A@b.co","currency":"USD","items":[${custom}]}`,
      ),
    ).toEqual([]);
  });

  const refused: [json: string, fields: string[]][] = [
    ["{}", ["items"]],
    ['{"items":[]}', ["items"]],
    [`{"items":[${Array(51).fill(item).join()}]}`, ["items"]],
    ['{"items":[{"sku":"A","quantity":0}]}', ["items.0.quantity"]],
    ['{"items":[{"sku":"A","quantity":1.5}]}', ["items.0.quantity"]],
    ['{"items":[{"sku":"A","quantity":1000}]}', ["items.0.quantity"]],
    ['{"items":[{"sku":"A","quantity":"1"}]}', ["items.0.quantity"]],
    ['{"items":[{"sku":{"startsWith":"A"},"quantity":1}]}', ["items.0.sku"]],
    ['{"items":[{"sku":"A","quantity":1,"unit_amount":"0.01"}]}', ["items.0.unit_amount"]],
    [`{"items":[${item}],"status":"paid"}`, ["status"]],
    [`{"user_email":"a@b.co,c@d.co","currency":"USD","items":[${custom}]}`, ["user_email"]],
    [`{"user_email":"a@b.co","currency":"usd","items":[${custom}]}`, ["currency"]],
    [
      '{"user_email":"a@b.co","currency":"USD","items":[{"name":"P","unit_amount":1.5,"quantity":1}]}',
      ["items.0.unit_amount"],
    ],
  ];
  test.each(refused)("%s is refused for its fields", (json, fields) => {
    expect(refusedFields(schemas.createOrderBody, json)).toEqual(fields);
  });
});

test("no validator takes long over a long text", () => {
  const startedAt = performance.now();
  for (const piece of ["9", "1 ", "1-", "a@", "TXN-", "a.", "4111 "]) {
    const long = piece.repeat(65_536 / piece.length);
    const field = JSON.stringify(long);
    refusedFields(
      schemas.refundBody,
      `{"transaction_id":${field},"amount":${field},"reason":${field}}`,
    );
    refusedFields(
      schemas.processBody,
      `{"payment_method":${field},"payment_data":{"card_number":${field},"cvv":${field}}}`,
    );
    refusedFields(
      schemas.createOrderBody,
      `{"user_email":${field},"currency":${field},"items":[{"name":${field}}]}`,
    );
  }
  expect(performance.now() - startedAt).toBeLessThan(500);
});
