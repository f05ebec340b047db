import { generateKeyPairSync, createHmac, randomUUID } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { getEnv } from "../env.ts";
import {
  signAccessToken,
  signRefreshToken,
  verifyAccessToken,
  verifyRefreshToken,
} from "./access-tokens.ts";
import { sealSession } from "./session-cookie.ts";

const now = Math.floor(Date.now() / 1_000);
const familyId = "0b7f9e3c-6f0e-4c3a-9d55-3b8f0f4f1a01";
const good = {
  user_id: 7,
  token_type: "access",
  role: "customer",
  sv: 3,
  fam: familyId,
  jti: randomUUID(),
  iss: "tollbooth",
  aud: "tollbooth-api",
  iat: now,
  exp: now + 900,
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with any header and claims, signed as HS256 with any key, past every check of a library. */
function forge(
  claims: object,
  header: object = { alg: "HS256", typ: "JWT" },
  key: string = getEnv().JWT_SECRET,
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

describe("an access token", () => {
  test("of ours has the contract's claims and is taken", async () => {
    const token = await signAccessToken({ userId: 7, role: "admin", sessionVersion: 3, familyId });
    const claims = JSON.parse(
      Buffer.from(token.split(".")[1] ?? "", "base64url").toString(),
    ) as Record<string, number>;
    expect(Object.keys(claims)).toEqual(
      expect.arrayContaining(["user_id", "token_type", "role", "jti", "iat", "exp", "iss", "aud"]),
    );
    expect(claims).toMatchObject({
      user_id: 7,
      token_type: "access",
      role: "admin",
      iss: "tollbooth",
      aud: "tollbooth-api",
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(15 * 60);
    expect(await verifyAccessToken(token)).toEqual({
      userId: 7,
      role: "admin",
      sessionVersion: 3,
      familyId,
    });
  });

  test("with the contract's claims alone is taken, as one of the first session version", async () => {
    const { sv: _sv, fam: _fam, ...contract } = good;
    expect(await verifyAccessToken(forge(contract))).toEqual({
      userId: 7,
      role: "customer",
      sessionVersion: 0,
      familyId: null,
    });
  });

  test("is taken up to 30 s past its end, as clocks differ", async () => {
    expect(
      await verifyAccessToken(forge({ ...good, iat: now - 910, exp: now - 10 })),
    ).not.toBeNull();
    expect(await verifyAccessToken(forge({ ...good, iat: now - 940, exp: now - 40 }))).toBeNull();
  });

  const without = (claim: keyof typeof good) =>
    Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim));
  const refusedClaims: [name: string, claims: object][] = [
    ["another issuer", { ...good, iss: "evil" }],
    ["no issuer", without("iss")],
    ["another audience", { ...good, aud: "other-api" }],
    ["no audience", without("aud")],
    ["a refresh token's kind", { ...good, token_type: "refresh" }],
    ["no kind", without("token_type")],
    ["no expiry", without("exp")],
    ["no time of issue", without("iat")],
    ["expiry in 2099", { ...good, exp: 4_070_908_800 }],
    ["expiry in 2099, issued in 2099", { ...good, iat: 4_070_908_000, exp: 4_070_908_800 }],
    ["expiry as text", { ...good, exp: String(now + 900) }],
    ["expiry as a fraction", { ...good, exp: now + 900.5 }],
    ["a life of 16 minutes", { ...good, exp: now + 960 }],
    ["issued in the future", { ...good, iat: now + 120, exp: now + 900 }],
    ["not valid yet", { ...good, nbf: now + 120 }],
    ["a user id as text", { ...good, user_id: "7" }],
    ["a user id of nobody", { ...good, user_id: 0 }],
    ["a user id past an integer", { ...good, user_id: 2 ** 31 }],
    ["an unknown role", { ...good, role: "root" }],
    ["no role", without("role")],
    ["a family that is no UUID", { ...good, fam: "' OR 1=1" }],
    ["a session version as text", { ...good, sv: "3" }],
  ];
  test.each(refusedClaims)("with %s is refused", async (_name, claims) => {
    expect(await verifyAccessToken(forge(good))).not.toBeNull();
    expect(await verifyAccessToken(forge(claims))).toBeNull();
  });

  const refusedHeaders: [name: string, header: object][] = [
    ["alg none", { alg: "none" }],
    ["alg None", { alg: "None" }],
    ["alg NONE", { alg: "NONE" }],
    ["no alg", { typ: "JWT" }],
    ["HS384", { alg: "HS384", typ: "JWT" }],
    ["RS256", { alg: "RS256", typ: "JWT" }],
    ["a list of algs", { alg: ["HS256"] }],
    ["a kid that is a path", { alg: "HS256", kid: "../../../../dev/null" }],
    ["a kid that is SQL", { alg: "HS256", kid: "x' UNION SELECT 'secret" }],
    ["a jwk of its own", { alg: "HS256", jwk: { kty: "oct", k: "AAAA" } }],
    ["a jku", { alg: "HS256", jku: "http://127.0.0.1:9/keys" }],
    ["an x5u", { alg: "HS256", x5u: "http://127.0.0.1:9/cert" }],
    ["crit", { alg: "HS256", crit: ["exp"], exp: 1 }],
    ["another typ", { alg: "HS256", typ: "logout+jwt" }],
  ];
  test.each(refusedHeaders)("with %s in its header is refused", async (_name, header) => {
    expect(await verifyAccessToken(forge(good, header))).toBeNull();
  });

  test("that is not signed, or signed with another key, is refused", async () => {
    expect(await verifyAccessToken(new UnsecuredJWT(good).encode())).toBeNull();
    expect(await verifyAccessToken(forge(good, undefined, "x".repeat(40)))).toBeNull();
    expect(await verifyAccessToken(forge(good, undefined, getEnv().NEXTAUTH_SECRET))).toBeNull();
    expect(await verifyAccessToken(forge(good, undefined, ""))).toBeNull();
    const [header, , signature] = forge(good).split(".");
    expect(
      await verifyAccessToken(`${header}.${encode({ ...good, role: "admin" })}.${signature}`),
    ).toBeNull();
    expect(await verifyAccessToken(forge(good).slice(0, -2))).toBeNull();
  });

  test("signed with a private key, or with a public key as the secret, is refused", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const rsa = await new SignJWT(good).setProtectedHeader({ alg: "RS256" }).sign(privateKey);
    expect(await verifyAccessToken(rsa)).toBeNull();
    expect(
      await verifyAccessToken(
        forge(good, undefined, publicKey.export({ type: "spki", format: "pem" }).toString()),
      ),
    ).toBeNull();
  });

  test.each(["", ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0..", "\u0000", "a".repeat(10_000)])(
    "%j is no token",
    async (text) => {
      expect(await verifyAccessToken(text)).toBeNull();
    },
  );
});

describe("kinds of token are not exchanged", () => {
  test("neither a refresh token nor a session is an access token, nor an access token a refresh token", async () => {
    const refresh = await signRefreshToken({
      userId: 7,
      sessionVersion: 0,
      familyId,
      tokenId: randomUUID(),
    });
    expect(await verifyRefreshToken(refresh)).not.toBeNull();
    expect(await verifyAccessToken(refresh)).toBeNull();
    expect(await verifyAccessToken(await sealSession({ userId: 7, sessionVersion: 0 }))).toBeNull();
    expect(await verifyRefreshToken(forge(good))).toBeNull();
  });
});
