import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWK } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { getEnv, type Env } from "../env.ts";
import { forgetProcessGlobal, withSettings } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { authenticate, identify } from "./authenticate.ts";
import { jwksUrl, lowerRole } from "./external-tokens.ts";

const issuer = "https://accounts.shop.example";
const audience = "shop-payments";
const secret = "an external secret that is long enough 1";

let server: Server;
let keys: { rsa: CryptoKey; ec: CryptoKey; publicRsa: JWK };
let asked = 0;

beforeAll(async () => {
  const rsa = await generateKeyPair("RS256", { extractable: true });
  const ec = await generateKeyPair("ES256", { extractable: true });
  const publicRsa = { ...(await exportJWK(rsa.publicKey)), kid: "r1", alg: "RS256" };
  const publicEc = { ...(await exportJWK(ec.publicKey)), kid: "e1", alg: "ES256" };
  keys = { rsa: rsa.privateKey, ec: ec.privateKey, publicRsa };
  server = createServer((request, response) => {
    asked += 1;
    if (request.url === "/redirect")
      return void response.writeHead(302, { location: "/keys" }).end();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: [publicRsa, publicEc] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());
beforeEach(() => forgetProcessGlobal("external-jwks"));

function jwks(path = "/keys"): Partial<Env> {
  const { port } = server.address() as AddressInfo;
  return {
    JWT_EXTERNAL_ISSUER: issuer,
    JWT_EXTERNAL_AUDIENCE: audience,
    JWT_EXTERNAL_JWKS_URL: `http://127.0.0.1:${port}${path}`,
  };
}
const shared: Partial<Env> = {
  JWT_EXTERNAL_ISSUER: issuer,
  JWT_EXTERNAL_AUDIENCE: audience,
  JWT_EXTERNAL_HS256_SECRET: secret,
};

type Forgery = {
  claims?: Record<string, unknown>;
  alg?: string;
  kid?: string;
  key?: CryptoKey | Uint8Array;
  iss?: string;
  aud?: string;
  lifetime?: number;
};

function sign(forgery: Forgery = {}): Promise<string> {
  const {
    claims = {},
    alg = "RS256",
    kid = "r1",
    key = keys.rsa,
    iss = issuer,
    aud = audience,
    lifetime = 900,
  } = forgery;
  const now = Math.floor(Date.now() / 1_000);
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg, kid })
    .setIssuer(iss)
    .setAudience(aud);
  return token
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(key);
}

const bytes = (text: string) => new TextEncoder().encode(text);
const signShared = (claims: Record<string, unknown>, text = secret) =>
  sign({ claims, alg: "HS256", key: bytes(text) });

async function viewerOf(token: string) {
  return await authenticate(await identify(new Headers({ authorization: `Bearer ${token}` })));
}

const whoIs = (token: string, settings: Partial<Env>) =>
  withSettings(settings, () => viewerOf(token));

const refused = { code: "unauthenticated" };

describe("a token of the platform's user system", () => {
  test("by RS256, ES256 or the shared secret is its local user", async () => {
    const viewer = await aViewer("support");
    const claims = { user_id: viewer.userId };
    expect(await whoIs(await sign({ claims }), jwks())).toEqual(viewer);
    expect(
      await whoIs(await sign({ claims, alg: "ES256", kid: "e1", key: keys.ec }), jwks()),
    ).toEqual(viewer);
    expect(await whoIs(await signShared(claims), shared)).toEqual(viewer);
  });

  test("asks for the keys once", async () => {
    const token = await sign({ claims: { user_id: (await aViewer()).userId } });
    asked = 0;
    await withSettings(jwks(), async () => {
      for (let time = 0; time < 5; time += 1)
        await identify(new Headers({ authorization: `Bearer ${token}` }));
      for (let time = 0; time < 5; time += 1) {
        await identify(
          new Headers({ authorization: `Bearer ${await sign({ kid: `random-${time}` })}` }),
        );
      }
    });
    expect(asked).toBe(1);
  });

  test("is a new customer at the first call with an unknown address, and the same one after, also at once", async () => {
    const email = `Platform-${Date.now()}@Example.com`;
    const token = await signShared({ email, role: "admin" });
    const viewers = await withSettings(shared, () =>
      Promise.all(Array.from({ length: 5 }, () => viewerOf(token))),
    );
    expect(new Set(viewers.map((viewer) => viewer.userId)).size).toBe(1);
    expect(viewers[0]).toMatchObject({ email: email.toLowerCase(), role: "customer" });
    const row = await db().user.findUniqueOrThrow({ where: { email: email.toLowerCase() } });
    expect(row.passwordHash).toBeNull();
  });

  test("can lower the role and never raise it", async () => {
    const [customer, admin] = [await aViewer(), await aViewer("admin")];
    const roleFor = async (userId: number, role: unknown) =>
      (await whoIs(await signShared({ user_id: userId, role }), shared)).role;
    expect(await roleFor(customer.userId, "admin")).toBe("customer");
    expect(await roleFor(admin.userId, "support")).toBe("support");
    expect(await roleFor(admin.userId, "superuser")).toBe("customer");
    expect(await roleFor(admin.userId, undefined)).toBe("admin");
    expect(lowerRole("support", "admin")).toBe("support");
  });

  test("of nobody, of a closed account or of an unproven address is refused", async () => {
    const closed = await aViewer();
    await db().user.update({ where: { id: closed.userId }, data: { isActive: false } });
    const claims = [
      {},
      { user_id: 2_147_483_647 },
      { user_id: closed.userId },
      { email: closed.email },
      { email: "a@b.com,c@d.com" },
      { email: "new@example.com", email_verified: false },
      { user_id: -1 },
    ];
    for (const claim of claims)
      await expect(
        whoIs(await signShared(claim), shared),
        JSON.stringify(claim),
      ).rejects.toMatchObject(refused);
  });

  test("that is forged, for others, too old or of another kind is refused", async () => {
    const viewer = await aViewer("admin");
    const claims = { user_id: viewer.userId };
    const other = await generateKeyPair("RS256");
    const publicPem = JSON.stringify(keys.publicRsa);
    const forgeries: Forgery[] = [
      { key: other.privateKey },
      { alg: "HS256", key: bytes(publicPem) },
      { alg: "HS256", key: bytes(getEnv().JWT_SECRET) },
      { alg: "PS256", key: keys.rsa },
      { kid: "unknown" },
      { aud: "other" },
      { aud: getEnv().JWT_AUDIENCE },
      { lifetime: -60 },
      { lifetime: 25 * 3_600 },
      { claims: { ...claims, token_type: "refresh" } },
    ];
    for (const forgery of forgeries) {
      const token = await sign({ claims, ...forgery }).catch(() => null);
      // jose itself refuses to sign PS256 with a key that was made for RS256.
      if (token !== null)
        await expect(whoIs(token, jwks()), JSON.stringify(forgery)).rejects.toMatchObject(refused);
    }
    await expect(
      whoIs(await signShared(claims, "another secret that is long enough 12"), shared),
    ).rejects.toMatchObject(refused);
  });

  test("is refused where no such issuer is set, and its secret signs nothing as ours", async () => {
    const claims = { user_id: (await aViewer()).userId };
    await expect(whoIs(await signShared(claims), {})).rejects.toMatchObject(refused);
    const asOurs = await sign({
      claims: { ...claims, token_type: "access", role: "customer" },
      alg: "HS256",
      key: bytes(secret),
      iss: "tollbooth",
      aud: "tollbooth-api",
    });
    await expect(whoIs(asOurs, shared)).rejects.toMatchObject(refused);
  });

  test("cannot be told while the keys are out of reach, which is 503 and not a pass", async () => {
    const token = await sign({ claims: { user_id: (await aViewer()).userId } });
    await expect(
      whoIs(token, { ...jwks(), JWT_EXTERNAL_JWKS_URL: "http://127.0.0.1:9/keys" }),
    ).rejects.toMatchObject({ code: "service_unavailable" });
    forgetProcessGlobal("external-jwks");
    await expect(whoIs(token, jwks("/redirect"))).rejects.toMatchObject({
      code: "service_unavailable",
    });
  });
});

test("the keys' address is https; plain http is for this machine outside production", () => {
  expect(jwksUrl("https://accounts.shop.example/keys", false).protocol).toBe("https:");
  expect(jwksUrl("http://127.0.0.1:8020/keys", true).port).toBe("8020");
  for (const [address, isDemo] of [
    ["http://127.0.0.1/keys", false],
    ["http://accounts.shop.example/keys", true],
    ["file:///etc/passwd", true],
  ] as const) {
    expect(() => jwksUrl(address, isDemo)).toThrow("https");
  }
});
