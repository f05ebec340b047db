import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { EnvError, parseEnv, settingNames } from "./env.ts";

const good = {
  DATABASE_URL: "postgresql://localhost/x",
  JWT_SECRET: "Zk3v9Qm1Xr7Lw5Tn2Bs8Hc4Jd6Fg0PyA1",
  NEXTAUTH_SECRET: "a8Vd2Kq7Ws1Zx9Ec5Rf3Tg6Yh4Uj0ImB2",
  MASTER_KEY: "n5Cx8Vb3Zm1Al7Sk9Dj2Fh4Gq6Pw0OeC3",
};

function problemsOf(change: Record<string, string | undefined>): readonly string[] {
  try {
    parseEnv({ ...good, ...change });
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

test("production needs a database and three secrets, and has defaults for the rest", () => {
  expect(parseEnv(good)).toMatchObject({
    TOLLBOOTH_MODE: "production",
    isDemo: false,
    PORT: 8000,
    PUBLIC_URL: "http://localhost:8000",
    JWT_ISSUER: "tollbooth",
    JWT_AUDIENCE: "tollbooth-api",
    RATE_LIMIT_READ: { requests: 600, windowMs: 60_000 },
  });
});

describe("production refuses", () => {
  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ["no database", { DATABASE_URL: undefined }, /DATABASE_URL is missing/],
    ["no secret", { JWT_SECRET: undefined }, /JWT_SECRET is missing/],
    ["an empty secret", { MASTER_KEY: "" }, /MASTER_KEY is missing/],
    ["a short secret", { NEXTAUTH_SECRET: "x9Y2z" }, /NEXTAUTH_SECRET must have at least 32/],
    ["one letter over and over", { JWT_SECRET: "x".repeat(40) }, /JWT_SECRET is a sample/],
    ["a sample", { JWT_SECRET: "change-me-change-me-change-me-123456" }, /JWT_SECRET is a sample/],
    [
      "a well-known one",
      { JWT_SECRET: "your-256-bit-secret-your-256-bit-secret" },
      /JWT_SECRET is a sample/,
    ],
    ["one secret for two things", { NEXTAUTH_SECRET: good.JWT_SECRET }, /must differ/],
    [
      "a proxy that is no network",
      { TRUSTED_PROXIES: "10.0.0.0/8,nope" },
      /TRUSTED_PROXIES must be/,
    ],
    ["an unreadable limit", { RATE_LIMIT_WRITE: "lots" }, /RATE_LIMIT_WRITE must look like/],
    [
      "an issuer without keys",
      { JWT_EXTERNAL_ISSUER: "https://id.test", JWT_EXTERNAL_AUDIENCE: "shop" },
      /exactly one/,
    ],
    [
      "messages that nothing signs",
      { EVENTS_URL: "https://shop.test/events" },
      /EVENTS_SECRET is missing/,
    ],
    ["a weak signature", { EVENTS_SECRET: "x9Y2z" }, /EVENTS_SECRET must have at least 32/],
  ])("%s", (_name, change, message) => {
    expect(problemsOf(change).join("\n")).toMatch(message);
  });

  test("everything that is wrong, at once", () => {
    expect(problemsOf({ JWT_SECRET: undefined, MASTER_KEY: undefined, PORT: "x" })).toHaveLength(3);
  });

  test("without ever printing a secret", () => {
    const problems = problemsOf({ JWT_SECRET: "change-me-change-me-change-me-123456", PORT: "x" });
    expect(problems.join("\n")).not.toContain("123456");
  });
});

test("demo and tests may use simple secrets", () => {
  expect(problemsOf({ TOLLBOOTH_MODE: "demo", JWT_SECRET: "x".repeat(40) })).toEqual([]);
});

test(".env.example names every setting, and no other", async () => {
  const example = await readFile(new URL("../.env.example", import.meta.url), "utf8");
  const names = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
  expect(names.sort()).toEqual([...settingNames].sort());
});
