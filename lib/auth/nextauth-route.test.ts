import { NextRequest } from "next/server";
import { describe, expect, test } from "vitest";
import { getEnv } from "../env.ts";
import { remoteAddressHeader } from "../http/client-address.ts";
import { anAddress, withSettings } from "../testing/api.ts";
import { handleNextAuth } from "./nextauth-route.ts";

type Sent = { method?: string; body?: string; type?: string; headers?: Record<string, string> };

/** What is refused before next-auth, which needs a running Next, has a say. */
async function call(path: string, sent: Sent = {}): Promise<Response> {
  const { method = "GET", body, type = "application/json", headers = {} } = sent;
  const request = new NextRequest(`${getEnv().PUBLIC_URL}/api/auth/${path}`, {
    method,
    headers: { [remoteAddressHeader]: anAddress(), "content-type": type, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const nextauth = new URL(request.url).pathname.split("/").slice(3);
  return await handleNextAuth(request, { params: Promise.resolve({ nextauth }) });
}

describe("next-auth's route refuses, in our shape and with our headers,", () => {
  const signIn = "callback/credentials";
  const refused: [name: string, path: string, sent: Sent, status: number][] = [
    ["half a JSON object", signIn, { method: "POST", body: "{" }, 400],
    ["null", signIn, { method: "POST", body: "null" }, 400],
    [
      "a callback URL that is an object",
      signIn,
      { method: "POST", body: '{"callbackUrl":{}}' },
      400,
    ],
    ["a body that is too large", signIn, { method: "POST", body: "x".repeat(65_537) }, 413],
    ["an unreadable callback URL", "session?callbackUrl=http://[", {}, 400],
    ["a callback URL that is a script", "session?callbackUrl=javascript:alert(1)", {}, 400],
    ["a callback URL without a slash", "session?callbackUrl=orders", {}, 400],
    ["the public log", "_log", { method: "POST", body: "{}" }, 404],
    ["an action that it does not know", "constructor", {}, 404],
  ];
  test.each(refused)("%s", async (_name, path, sent, status) => {
    const response = await call(path, sent);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ detail: expect.any(String) });
    expect(response.headers.get("x-request-id")).toBeTruthy();
    expect(response.headers.get("ratelimit-limit")).toBeTruthy();
  });

  test("an unreadable callback cookie, which it clears", async () => {
    const response = await call("session", {
      headers: { cookie: "tollbooth.callback-url=http://[" },
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("set-cookie")).toContain(
      "tollbooth.callback-url=; Path=/; Max-Age=0",
    );
  });

  test("too many tries from one address, told as its browser code understands", async () => {
    await withSettings({ RATE_LIMIT_TOKEN: { requests: 1, windowMs: 60_000 } }, async () => {
      const headers = { [remoteAddressHeader]: anAddress() };
      const sent = { method: "POST", body: "null", headers };
      expect((await call(signIn, sent)).status).toBe(400);
      const response = await call(signIn, sent);
      expect(response.status).toBe(429);
      const { url } = (await response.json()) as { url: string };
      expect(new URL(url).searchParams.get("error")).toBe("RateLimited");
    });
  });
});
