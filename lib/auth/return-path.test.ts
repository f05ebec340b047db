import { describe, expect, test } from "vitest";
import { getEnv } from "../env.ts";
import { safeReturnPath } from "./return-path.ts";

describe("where somebody is sent after sign-in", () => {
  test.each([
    "/",
    "/orders",
    "/checkout/ORD-ABC123?transaction=TXN-A1B2C3D4E5F6",
    "/admin/transactions?status=success#top",
    "/a//b",
  ])("%s is a path of this site", (target) => {
    expect(safeReturnPath(target)).toBe(target);
    expect(safeReturnPath(`${getEnv().PUBLIC_URL}${target}`)).toBe(target);
  });

  test.each([
    "https://evil.example",
    "http://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "http:evil.example",
    "https:/evil.example",
    "/\u0000/evil.example",
    "",
    "http://localhost:8000.evil.example/",
    "http://localhost:8000@evil.example/",
    "http://localhost:80001/",
    "ftp://localhost:8000/",
    "?x",
    "#x",
    `/${"x".repeat(2_001)}`,
    undefined,
    null,
    7,
    ["/orders"],
    {},
  ])("%j leads home", (target) => {
    expect(safeReturnPath(target)).toBe("/");
  });

  test("dots do not climb out of the site", () => {
    expect(safeReturnPath("/../../admin")).toBe("/admin");
    expect(safeReturnPath("/..//evil.example")).toBe("/");
  });
});
