import { describe, expect, test } from "vitest";
import { allowedFields, type LogFields } from "./log.ts";

const card = "4111111111111111";

test("only fields on the list are written", () => {
  const fields = {
    path: "/x",
    status: 200,
    body: { cvv: "123" },
    headers: { authorization: "t" },
  } as LogFields;
  expect(allowedFields(fields)).toEqual({ path: "/x", status: 200 });
});

describe("a card number never reaches the log", () => {
  test.each([card, "4111 1111 1111 1111", "4111-1111-1111-1111"])("%s in a path", (number) => {
    expect(JSON.stringify(allowedFields({ path: `/api/${number}` }))).not.toMatch(
      /4111.?1111.?1111/,
    );
  });

  test("in an error, its cause or its stack", () => {
    const error = new Error(`bad ${card}`, { cause: new Error(`worse ${card}`) });
    const written = JSON.stringify(allowedFields({ error }));
    expect(written).not.toContain(card);
    expect(written).toContain("worse");
  });

  test("in something thrown that is no error", () => {
    expect(JSON.stringify(allowedFields({ error: `thrown ${card}` }))).not.toContain(card);
  });
});

test("the hash of a sealed block is written as it is, and nothing else in its field", () => {
  const hash = `${"a".repeat(20)}${card}${"b".repeat(28)}`;
  expect(allowedFields({ hash, block: 7 })).toEqual({ hash, block: 7 });
  expect(allowedFields({ hash: card })).toEqual({});
});

test("a long text is cut", () => {
  expect(String(allowedFields({ path: "x".repeat(100_000) }).path)).toHaveLength(2_000);
});
