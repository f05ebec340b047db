import { beforeAll, expect, test } from "vitest";
import { POST as update } from "../../app/api/payment/gateways/[id]/route.ts";
import { POST as verify } from "../../app/api/payment/gateways/[id]/verify/route.ts";
import { POST as rotate } from "../../app/api/payment/gateways/[id]/webhook-secret/route.ts";
import { GET as list, POST as create } from "../../app/api/payment/gateways/route.ts";
import { GET as configurations } from "../../app/api/payment/configurations/route.ts";
import { credentialsOf } from "../../sandbox/credentials.ts";
import type { RouteHandler } from "./call.ts";
import { callApi, tokenOf } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { gatewayAccountView } from "./gateway-calls.ts";

const { publicKey, secretKey } = credentialsOf("stripe");
const stripe = { gateway: "stripe", public_key: publicKey, secret_key: secretKey };

let tokens: Record<"customer" | "support" | "admin", string>;
beforeAll(async () => {
  const tokenFor = async (role: keyof typeof tokens) => tokenOf(await aViewer(role));
  tokens = {
    customer: await tokenFor("customer"),
    support: await tokenFor("support"),
    admin: await tokenFor("admin"),
  };
});

const post = (handler: RouteHandler, id: unknown, body: unknown, token = tokens.admin) =>
  callApi(handler, {
    method: "POST",
    body,
    token,
    ...(id === null ? {} : { params: { id: String(id) } }),
  });

test("an account is set up, changed, given a webhook secret and verified; no answer holds a secret", async () => {
  const created = await post(create, null, stripe);
  expect(created).toMatchObject({
    status: 201,
    body: { is_active: false, secret_key_state: "kept", secret_key_last4: secretKey.slice(-4) },
  });
  gatewayAccountView.strict().parse(created.body);
  const { id } = created.body;
  const secret = "whsec_0123456789abcdef";
  expect(await post(rotate, id, { secret })).toMatchObject({
    status: 200,
    body: { webhook_secrets: 1 },
  });
  const changed = await post(update, id, { is_active: true, countries: ["DE"], priority: 3 });
  expect(changed).toMatchObject({ status: 200, body: { is_active: true, countries: ["DE"] } });
  const verdict = await post(verify, id, undefined);
  expect(verdict).toMatchObject({ status: 200, body: { ok: false, warnings: [] } });
  expect(verdict.body["problem"]).toContain("could not be reached");
  const listed = await callApi(list, { token: tokens.support });
  expect(listed.text).toContain(verdict.body["problem"] as string);
  const shown = await callApi(configurations, { token: tokens.customer });
  expect(shown.text).not.toContain("secret");
  for (const { text } of [created, changed, verdict, listed]) {
    expect(text).not.toContain(secretKey);
    expect(text).not.toContain(secret);
  }
});

test("shoppers see nothing of it and support changes nothing", async () => {
  expect((await callApi(list, {})).status).toBe(401);
  expect((await callApi(list, { token: tokens.customer })).status).toBe(403);
  for (const token of [tokens.customer, tokens.support]) {
    expect((await post(create, null, stripe, token)).status).toBe(403);
    for (const handler of [update, verify, rotate]) {
      expect((await post(handler, 1, { secret: "0123456789abcdef" }, token)).status).toBe(403);
    }
  }
});

test("what is wrong is said beside its field; what is not there is not found", async () => {
  const fieldsOf = async (body: object) => {
    const answer = await post(create, null, { ...stripe, ...body });
    expect(answer.status).toBe(400);
    return Object.keys(answer.body["errors"] as object);
  };
  expect(await fieldsOf({ mode: "live" })).toEqual(["secret_key"]);
  expect(await fieldsOf({ currencies: ["ZZZ"] })).toEqual(["currencies"]);
  expect(await fieldsOf({ priority: 1_001 })).toEqual(["priority"]);
  expect(await fieldsOf({ secret_key: `${secretKey} ` })).toEqual(["secret_key"]);
  expect((await post(create, null, { ...stripe, secret_ciphertext: "x" })).status).toBe(400);
  expect((await post(update, 99_999, { label: "x" })).status).toBe(404);
  expect((await post(verify, 99_999, undefined)).status).toBe(404);
});
