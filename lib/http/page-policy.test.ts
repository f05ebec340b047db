import { expect, test } from "vitest";
import { pagePolicy } from "./page-policy.ts";

const none = { script: [], frame: [], connect: [] };

test("scripts are our own files and what carries the nonce", () => {
  const policy = pagePolicy("abc", false, none);
  expect(policy).toContain("script-src 'self' 'nonce-abc';");
  expect(policy).toContain("connect-src 'self';");
  expect(policy).toContain("frame-src 'self';");
  expect(policy).not.toContain("unsafe-eval");
  // It would have browsers ignore the hosts that are named.
  expect(policy).not.toContain("strict-dynamic");
  for (const directive of [
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ]) {
    expect(policy).toContain(directive);
  }
});

test("a gateway's hosts are allowed each for its purpose alone", () => {
  const policy = pagePolicy("abc", false, {
    script: ["https://js.example"],
    frame: ["https://frame.example"],
    connect: ["https://api.example"],
  });
  expect(policy).toContain("script-src 'self' 'nonce-abc' https://js.example;");
  expect(policy).toContain("frame-src 'self' https://frame.example;");
  expect(policy).toContain("connect-src 'self' https://api.example;");
  expect(policy.match(/example/g)).toHaveLength(3);
});
