import { beforeAll, describe, expect, test } from "vitest";
import { hashPassword } from "../auth/passwords.ts";
import { callApi } from "../testing/api.ts";
import { db } from "../db/client.ts";
import * as password from "../../app/api/account/password/route.ts";
import * as signUp from "../../app/api/account/signup/route.ts";
import * as health from "../../app/api/health/route.ts";
import * as openApi from "../../app/api/openapi.json/route.ts";
import * as transactions from "../../app/api/payment/transactions/route.ts";
import * as products from "../../app/api/products/route.ts";
import * as refresh from "../../app/api/token/refresh/route.ts";
import * as revoke from "../../app/api/token/revoke/route.ts";
import * as token from "../../app/api/token/route.ts";

const account = { email: "shopper@example.com", password: "tollbooth-demo" };
const post = (body: unknown) => ({ method: "POST", body });
const signIn = (body: object = account) => callApi(token.POST, post(body));
const isIn = async (access: unknown) =>
  (await callApi(transactions.GET, { token: String(access) })).status === 200;

beforeAll(async () => {
  const passwordHash = await hashPassword(account.password);
  await db().user.create({ data: { email: account.email, passwordHash } });
});

describe("POST /api/token/", () => {
  test("gives an access and a refresh token, and nothing else", async () => {
    const answer = await signIn();
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(["access", "refresh"]);
    expect(await isIn(answer.body.access)).toBe(true);
    expect(await isIn(answer.body.refresh)).toBe(false);
  });

  test("refuses a wrong password and an unknown address with the same answer", async () => {
    const wrong = await signIn({ ...account, password: "wrong" });
    const unknown = await signIn({ ...account, email: "nobody@example.com" });
    expect(wrong).toMatchObject({ status: 401, text: unknown.text });
    expect(unknown.status).toBe(401);
  });

  test.each([
    {},
    { email: 1, password: "x" },
    { email: "a@b.co" },
    { ...account, role: "admin" },
    { ...account, password: "x".repeat(1_025) },
  ])("refuses %j by its fields", async (body) => {
    expect(await signIn(body)).toMatchObject({ status: 400, body: { errors: expect.any(Object) } });
  });
});

test("refresh rotates, revoke ends, both by the refresh token alone", async () => {
  const first = (await signIn()).body;
  const second = await callApi(refresh.POST, post({ refresh: first.refresh }));
  expect(Object.keys(second.body).sort()).toEqual(["access", "refresh"]);
  expect((await callApi(refresh.POST, post({ refresh: first.access }))).status).toBe(401);
  expect(await isIn(second.body.access)).toBe(true);
  expect((await callApi(revoke.POST, post({ refresh: second.body.refresh }))).status).toBe(200);
  expect(await isIn(second.body.access)).toBe(false);
  expect((await callApi(refresh.POST, post({ refresh: second.body.refresh }))).status).toBe(401);
});

test("an account is made, signed in to, and given another password, which ends its tokens", async () => {
  const made = { email: "Fresh@Example.com", password: "correct horse battery" };
  const answer = await callApi(signUp.POST, post(made));
  expect(answer).toMatchObject({ status: 201, body: { email: "fresh@example.com" } });
  expect((await callApi(signUp.POST, post(made))).status).toBe(409);
  expect((await callApi(signUp.POST, post({ ...made, role: "admin" }))).status).toBe(400);
  const { access } = (await signIn(made)).body;
  const change = {
    ...post({ current_password: made.password, new_password: "another password" }),
    token: String(access),
  };
  expect((await callApi(password.POST, change)).status).toBe(200);
  expect(await isIn(access)).toBe(false);
  expect((await signIn(made)).status).toBe(401);
  expect((await signIn({ ...made, password: "another password" })).status).toBe(200);
});

test("anyone sees the catalogue, the health and the API's description", async () => {
  expect(await callApi(products.GET, {})).toMatchObject({ status: 200 });
  const well = await callApi(health.GET, {});
  expect(well).toMatchObject({ status: 200, body: { checks: { database: "ok", redis: "off" } } });
  expect((await callApi(openApi.GET, {})).body.openapi).toBe("3.1.0");
});
