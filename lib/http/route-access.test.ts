import { beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../domain/actor.ts";
import { getEnv } from "../env.ts";
import { anAddress, callApi, cookieOf, tokenOf, withSettings } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { expectEveryHeader, ok, open, reading, writing } from "../testing/route-fixture.ts";
import { remoteAddressHeader } from "./client-address.ts";
import { route } from "./route.ts";

let viewer: Viewer;
let token: string;
beforeAll(async () => {
  viewer = await aViewer();
  token = await tokenOf(viewer);
});

describe("who may call", () => {
  test("nobody without credentials, and that is said before anything is parsed", async () => {
    const answer = await callApi(route(writing, ok), { method: "POST", body: "{" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("staff and admin calls refuse the others", async () => {
    const asked = async (auth: "staff" | "admin", role: Viewer["role"]) =>
      (
        await callApi(route({ ...reading, auth }, ok), {
          token: await tokenOf(await aViewer(role)),
        })
      ).status;
    expect(await asked("staff", "customer")).toBe(403);
    expect(await asked("staff", "support")).toBe(200);
    expect(await asked("admin", "support")).toBe(403);
    expect(await asked("admin", "admin")).toBe(200);
  });

  test("a public call takes no notice of a token that is not valid", async () => {
    expect((await callApi(route(open, ok), { token: "a.b.c" })).status).toBe(200);
  });
});

describe("a browser session", () => {
  const ours = (): Record<string, string> => ({ origin: getEnv().PUBLIC_URL });

  test("reads, and writes from the site's own pages", async () => {
    const cookie = await cookieOf(viewer);
    expect((await callApi(route(reading, ok), { headers: { cookie } })).status).toBe(200);
    expect(
      (
        await callApi(route(writing, ok), {
          method: "POST",
          body: {},
          headers: { cookie, ...ours() },
        })
      ).status,
    ).toBe(200);
  });

  const strangers: [name: string, headers: Record<string, string>][] = [
    ["no Origin", {}],
    ["null", { origin: "null" }],
    ["another site", { origin: "https://evil.example" }],
    ["another port", { origin: "http://localhost:1" }],
    ["a longer name", { origin: "http://localhost:8000.evil.example" }],
    ["a Referer alone", { referer: "http://localhost:8000/" }],
    [
      "another site that forges Host",
      { origin: "https://evil.example", host: "evil.example", "x-forwarded-host": "evil.example" },
    ],
  ];
  test.each(strangers)("does not write for %s", async (_name, headers) => {
    const cookie = await cookieOf(viewer);
    const answer = await callApi(route(writing, ok), {
      method: "POST",
      body: {},
      headers: { cookie, ...headers },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
  });

  test("a token needs no Origin, and a bad token is not made good by a cookie", async () => {
    expect((await callApi(route(writing, ok), { method: "POST", body: {}, token })).status).toBe(
      200,
    );
    const cookie = await cookieOf(viewer);
    expect(
      (await callApi(route(reading, ok), { token: "a.b.c", headers: { cookie } })).status,
    ).toBe(401);
  });
});

describe("limits", () => {
  const few = {
    RATE_LIMIT_READ: { requests: 2, windowMs: 60_000 },
    RATE_LIMIT_TOKEN: { requests: 2, windowMs: 60_000 },
  };

  test("over the limit: 429 as the contract words it, for that person alone", async () => {
    await withSettings(few, async () => {
      const mine = await tokenOf(await aViewer());
      const statuses = [];
      for (let time = 0; time < 3; time += 1)
        statuses.push((await callApi(route(reading, ok), { token: mine })).status);
      expect(statuses).toEqual([200, 200, 429]);
      const refused = await callApi(route(reading, ok), { token: mine });
      const seconds = refused.headers.get("retry-after");
      expect(refused.body.detail).toBe(
        `Request was throttled. Expected available in ${seconds} seconds.`,
      );
      expect(refused.headers.get("ratelimit-remaining")).toBe("0");
      expectEveryHeader(refused);
      expect(
        (await callApi(route(reading, ok), { token: await tokenOf(await aViewer()) })).status,
      ).toBe(200);
    });
  });

  test("no header of the caller's makes it somebody else", async () => {
    await withSettings(few, async () => {
      const address = anAddress();
      const statuses = [];
      for (let time = 0; time < 4; time += 1) {
        const headers = {
          [remoteAddressHeader]: address,
          "x-forwarded-for": `198.51.100.${time}`,
          "x-real-ip": `198.51.100.${time}`,
        };
        statuses.push((await callApi(route(open, ok), { headers })).status);
      }
      expect(statuses).toEqual([200, 200, 429, 429]);
    });
  });

  test("a bad token counts by address; signing in does even with a good one", async () => {
    await withSettings(few, async () => {
      const headers = { [remoteAddressHeader]: anAddress() };
      const bad = [];
      for (const guess of ["a.b.c", "d.e.f", "g.h.i"])
        bad.push((await callApi(route(reading, ok), { token: guess, headers })).status);
      expect(bad).toEqual([401, 401, 429]);
      const signIn = route({ ...open, limit: "token" }, ok);
      const statuses = [];
      for (let time = 0; time < 3; time += 1) {
        statuses.push(
          (await callApi(signIn, { token: await tokenOf(await aViewer()), headers })).status,
        );
      }
      expect(statuses).toEqual([200, 200, 429]);
    });
  });
});
