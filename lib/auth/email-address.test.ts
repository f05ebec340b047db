import { describe, expect, test } from "vitest";
import { normaliseEmail } from "./email-address.ts";

describe("an e-mail address", () => {
  test.each([
    ["user@example.com", "user@example.com"],
    ["  User.Name+tag@Example.COM ", "user.name+tag@example.com"],
    ["a@b.co", "a@b.co"],
    ["o'brien@xn--bcher-kva.example", "o'brien@xn--bcher-kva.example"],
  ])("%j has one spelling", (text, email) => {
    expect(normaliseEmail(text)).toBe(email);
  });

  test.each([
    "",
    "@",
    "user",
    "user@",
    "@example.com",
    "user@localhost",
    "a@b..com",
    "a@.com",
    "a@b.com.",
    ".a@b.com",
    "a.@b.com",
    "a..b@b.com",
    "a@b.com,c@d.com",
    "a@b.com c@d.com",
    "a@b@c.com",
    "<a@b.com>",
    '"a b"@b.com',
    "a@-b.com",
    "a@b_c.com",
    "a@[127.0.0.1]",
    "\u0430dmin@example.com",
    "admin@ex\u0430mple.com",
    "ａdmin@example.com",
    "admin＠example.com",
    "\ufb01@example.com",
    "a@b.com\u0000",
    "a\n@b.com",
    "a@b.com\r\nBcc: c@d.com",
    `${"x".repeat(65)}@example.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b.".repeat(130)}com`,
  ])("%j is none", (text) => {
    expect(normaliseEmail(text)).toBeNull();
  });
});
