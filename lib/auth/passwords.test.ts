import { describe, expect, test } from "vitest";
import { requireUsablePassword } from "./password-rules.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";

describe("a password", () => {
  test("is kept as argon2id with 19 MiB and two passes, salted each time", async () => {
    const [first, second] = await Promise.all([
      hashPassword("tollbooth-demo"),
      hashPassword("tollbooth-demo"),
    ]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, "tollbooth-demo")).toBe(true);
    expect(await verifyPassword(first, "tollbooth-demO")).toBe(false);
  });

  test("typed in another Unicode form is the same", async () => {
    expect(
      await verifyPassword(
        await hashPassword("caf\u00e9-caf\u00e9-caf\u00e9"),
        "cafe\u0301-cafe\u0301-cafe\u0301",
      ),
    ).toBe(true);
  });

  test("of nobody, or of a broken hash, never matches", async () => {
    expect(await verifyPassword(null, "anything")).toBe(false);
    expect(await verifyPassword("not a hash", "anything")).toBe(false);
  });

  test("takes about as long to refuse for nobody as for somebody", async () => {
    const hash = await hashPassword("tollbooth-demo");
    await verifyPassword(null, "warm up");
    const times = { known: 0, unknown: 0 };
    for (let round = 0; round < 8; round += 1) {
      for (const [name, reference] of [
        ["known", hash],
        ["unknown", null],
      ] as const) {
        const startedAt = performance.now();
        await verifyPassword(reference, "wrong-password");
        times[name] += performance.now() - startedAt;
      }
    }
    expect(times.unknown / times.known).toBeGreaterThan(0.5);
    expect(times.unknown / times.known).toBeLessThan(2);
  });

  test("is hashed in turn: those past the queue are told to come again, the others all served", async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 80 }, () => verifyPassword(null, "x")),
    );
    const refused = attempts.filter((attempt) => attempt.status === "rejected");
    expect(refused).toHaveLength(80 - 66);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "service_unavailable" });
    expect(await verifyPassword(null, "x")).toBe(false);
  });

  test.each(["short-one", "x".repeat(129), "aaaaaaaaaaaa", "abababababab", "user@example.com"])(
    "%s may not be chosen",
    (password) => {
      expect(() => requireUsablePassword(password, "user@example.com", "password")).toThrow(
        /^password: /,
      );
    },
  );

  test("of any characters and enough of them may be", () => {
    expect(() =>
      requireUsablePassword("correct horse", "user@example.com", "password"),
    ).not.toThrow();
    expect(() =>
      requireUsablePassword(
        "\u{1F697}\u{1F698}\u{1F699}".repeat(3) + "abcd",
        "user@example.com",
        "password",
      ),
    ).not.toThrow();
  });
});
