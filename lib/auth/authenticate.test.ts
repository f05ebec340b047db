import { describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { endSessions } from "../db/users.ts";
import type { Viewer } from "../domain/actor.ts";
import { getRequestMeter, runInRequestContext } from "../observability/request-context.ts";
import { cookieOf, tokenOf } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { authenticate, identify } from "./authenticate.ts";
import { changePassword } from "./change-password.ts";
import { hashPassword } from "./passwords.ts";
import { checkCredentials } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";

/** Who a request with these headers comes from, or null. */
async function whoIs(headers: Record<string, string>): Promise<Viewer | null> {
  return await authenticate(await identify(new Headers(headers))).catch(() => null);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a token and a session", () => {
  test("are the person, by one query", async () => {
    const viewer = await aViewer("support");
    const headers = [
      bearer(await tokenOf(viewer)),
      { cookie: `a=b; ${await cookieOf(viewer)}; c=d` },
    ];
    for (const credentials of headers) {
      await runInRequestContext({ requestId: "test" }, async () => {
        expect(await whoIs(credentials)).toEqual(viewer);
        expect(getRequestMeter().queries).toBe(1);
      });
    }
  });

  const ends: [name: string, end: (viewer: Viewer) => Promise<unknown>, session: boolean][] = [
    ["sign-out", (viewer) => endSessions(viewer.userId, 0), false],
    [
      "a closed account",
      (viewer) => db().user.update({ where: { id: viewer.userId }, data: { isActive: false } }),
      false,
    ],
    [
      "a lower role",
      (viewer) => db().user.update({ where: { id: viewer.userId }, data: { role: "customer" } }),
      true,
    ],
    [
      "a password change",
      async (viewer) => {
        await db().user.update({
          where: { id: viewer.userId },
          data: { passwordHash: await hashPassword("tollbooth-demo") },
        });
        await changePassword(viewer, {
          currentPassword: "tollbooth-demo",
          newPassword: "another-password",
        });
      },
      false,
    ],
  ];
  test.each(ends)("end with %s at once", async (_name, end, sessionLives) => {
    const viewer = await aViewer("admin");
    const token = bearer(await tokenOf(viewer));
    const session = { cookie: await cookieOf(viewer) };
    await end(viewer);
    expect(await whoIs(token)).toBeNull();
    // A session names no role: it goes on, with the rights of now.
    expect((await whoIs(session))?.role ?? null).toBe(sessionLives ? "customer" : null);
  });

  test("an old cookie cannot end the sessions made since", async () => {
    const viewer = await aViewer();
    await endSessions(viewer.userId, 0);
    const token = await tokenOf(viewer);
    await endSessions(viewer.userId, 0);
    expect(await whoIs(bearer(token))).not.toBeNull();
  });
});

describe("an Authorization header", () => {
  test("is read whatever the case of its scheme", async () => {
    const token = await tokenOf(await aViewer());
    expect(await whoIs({ authorization: `bearer ${token}` })).not.toBeNull();
  });

  test("that is malformed is nobody, even beside a good cookie, and never a failure", async () => {
    const viewer = await aViewer();
    const token = await tokenOf(viewer);
    const cookie = await cookieOf(viewer);
    const malformed = [
      "",
      "Bearer",
      "Bearer ",
      `Bearer${token}`,
      `Basic ${token}`,
      token,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token} x`,
      "Bearer %E0%A4%A",
      `Bearer ${token}%00`,
      `Bearer ${"a".repeat(65_536)}`,
      `Bearer ${"a.".repeat(30_000)}`,
      'Bearer "x"',
      "Bearer a.b",
      "Bearer ...",
      "Bearer null",
    ];
    for (const authorization of malformed)
      expect(await whoIs({ authorization, cookie }), authorization.slice(0, 60)).toBeNull();
  });

  test("a cookie that is changed or another's is nobody", async () => {
    const cookie = await cookieOf(await aViewer());
    const [name = "", value = ""] = cookie.split("=");
    for (const broken of [
      `${name}=`,
      `${name}=x`,
      `${name}=${value}x`,
      `x${cookie}`,
      `${name}=${value.slice(5)}`,
      ";;;=",
      "%00",
    ]) {
      expect(await whoIs({ cookie: broken })).toBeNull();
    }
  });
});

describe("signing in and up", () => {
  const password = "correct horse battery";
  let count = 0;
  const anEmail = (): string => `new-${Date.now()}-${(count += 1)}@example.com`;

  test("a new account is a customer's and can sign in, whatever the case of the address", async () => {
    const email = anEmail();
    const account = await signUp({ email: ` ${email.toUpperCase()} `, password });
    expect(account).toMatchObject({ email, role: "customer", isActive: true });
    expect((await checkCredentials(email.toUpperCase(), password))?.id).toBe(account.id);
    expect(await checkCredentials(email, `${password} `)).toBeNull();
  });

  test("one address has one account, also when two sign up at once", async () => {
    const email = anEmail();
    const results = await Promise.allSettled([
      signUp({ email, password }),
      signUp({ email: email.toUpperCase(), password }),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(signUp({ email, password })).rejects.toMatchObject({
      code: "email_taken",
      fields: { email: [expect.any(String)] },
    });
  });

  test("an address that is none and a weak password are refused by field", async () => {
    await expect(signUp({ email: "\u0430dmin@example.com", password })).rejects.toMatchObject({
      fields: { email: [expect.any(String)] },
    });
    await expect(signUp({ email: anEmail(), password: "short" })).rejects.toMatchObject({
      fields: { password: [expect.any(String)] },
    });
  });

  test("an account without a password, a closed one and none cannot be signed in to", async () => {
    const elsewhere = await aViewer();
    expect(await checkCredentials(elsewhere.email, "")).toBeNull();
    const closed = await signUp({ email: anEmail(), password });
    await db().user.update({ where: { id: closed.id }, data: { isActive: false } });
    expect(await checkCredentials(closed.email, password)).toBeNull();
    expect(await checkCredentials("nobody@example.com", password)).toBeNull();
    expect(await checkCredentials("not an address", password)).toBeNull();
  });

  test("guessing at one address is throttled, from wherever it comes, known or not", async () => {
    const email = anEmail();
    const attempts = await Promise.allSettled(
      Array.from({ length: 40 }, () => checkCredentials(email, "guess")),
    );
    const refused = attempts.filter((attempt) => attempt.status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(10);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "rate_limited" });
  });

  test("changing a password takes the one of now, and of two at once one wins", async () => {
    const account = await signUp({ email: anEmail(), password });
    const viewer: Viewer = {
      kind: "user",
      userId: account.id,
      email: account.email,
      role: "customer",
    };
    const wrong = changePassword(viewer, {
      currentPassword: "wrong",
      newPassword: "another-password",
    });
    await expect(wrong).rejects.toMatchObject({
      fields: { current_password: [expect.any(String)] },
    });
    const change = (newPassword: string) =>
      changePassword(viewer, { currentPassword: password, newPassword });
    const results = await Promise.allSettled([change("first-password"), change("second-password")]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(await checkCredentials(account.email, password)).toBeNull();
  });

  test("what happened to an account is on record, without its password", async () => {
    const account = await signUp({ email: anEmail(), password });
    await endSessions(account.id, 0);
    const events = await db().auditEvent.findMany({
      where: { entity: "user", entityId: String(account.id) },
      orderBy: { seq: "asc" },
    });
    expect(events.map((event) => event.action)).toEqual(["created", "signed_out"]);
    expect(
      JSON.stringify(events, (_key, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      ),
    ).not.toContain("argon2");
  });
});
