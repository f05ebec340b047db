// Answers that the stand-in does not give and the service may: a server that says what it is told to.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GatewayAccount, LookupRequest, RefundRequest } from "../gateway.ts";
import { flutterwaveGateway as gateway } from "./flutterwave-gateway.ts";

type Said = { status?: number; body: unknown };

/** What is said to each call, by its path without the query; the page of a list is told to it. */
let script: Record<string, Said | ((page: number) => Said)> = {};
let asked: string[] = [];
let account: GatewayAccount;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const path = url.pathname.slice("/v3".length);
  asked.push(`${request.method} ${path}`);
  const told = script[path] ?? { status: 404, body: { status: "error", message: "", data: null } };
  const said = typeof told === "function" ? told(Number(url.searchParams.get("page"))) : told;
  response.writeHead(said.status ?? 200, { "Content-Type": "application/json" });
  response.end(typeof said.body === "string" ? said.body : JSON.stringify(said.body));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  account = {
    configurationId: 1,
    mode: "test",
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    merchantId: "",
    publicKey: "",
    secretKey: "FLWSECK_TEST-1-X",
    webhookSecrets: [],
  };
});
afterAll(() => void server.close());

function says(told: typeof script): void {
  script = told;
  asked = [];
}

const success = (data: unknown, meta?: unknown): Said => ({
  body: { status: "success", message: "", data, meta },
});

const payment: LookupRequest = {
  merchantReference: "TXN-0123456789AB",
  amountMinor: 15_000n,
  currency: "USD",
  captureMethod: "automatic",
  returnUrl: "http://127.0.0.1:1/",
  intentReference: "https://checkout.flutterwave.com/v3/hosted/pay/flwlnk-1",
  gatewayKey: "tb-1",
  awaitsShopper: true,
  openedAt: new Date(),
  payment: { card: null, fields: {} },
};

const transaction = {
  id: 4975363,
  tx_ref: payment.merchantReference,
  amount: 150,
  currency: "USD",
  charged_amount: 157.5,
  status: "successful",
  created_at: "2026-11-20T10:00:00.000Z",
};

describe("a verified transaction", () => {
  const byReference = "/transactions/verify_by_reference";

  test.each([
    ["an amount in text", { amount: "150.00" }, { kind: "succeeded", amountMinor: 15_000n }],
    ["an amount with a fraction", { amount: 150.1 }, { kind: "succeeded", amountMinor: 15_010n }],
    ["another currency", { currency: "NGN" }, { kind: "succeeded", currency: "NGN" }],
    ["less than we asked for", { amount: 0.5 }, { kind: "succeeded", amountMinor: 50n }],
    ["more decimals than there are", { amount: "150.001" }, { kind: "unknown" }],
    ["an amount that is none", { amount: "1e5" }, { kind: "unknown" }],
    ["another reference", { tx_ref: "TXN-BA9876543210" }, { kind: "unknown" }],
    ["a status that is not known", { status: "success" }, { kind: "unknown" }],
    ["no status", { status: undefined }, { kind: "unknown" }],
    ["a card without its digits", { card: { type: "VISA" } }, { kind: "succeeded", card: null }],
    ["that it is pending", { status: "pending" }, { kind: "pending", reference: "4975363" }],
    ["that it failed", { status: "failed" }, { kind: "declined", reason: "card_declined" }],
  ])("with %s", async (_what, over, outcome) => {
    says({ [byReference]: success({ ...transaction, ...over }) });
    expect(await gateway.lookupCharge(account, payment)).toMatchObject(outcome);
  });

  test.each([
    ["a success without data", success(null), "unknown"],
    ["an error with a good status", { body: { status: "error", data: null } }, "unknown"],
    ["a page of something between", { status: 404, body: "<html>" }, "unknown"],
    ["that the server gave up", { status: 503, body: { status: "error" } }, "unknown"],
    ["that there is none", { status: 400, body: { status: "error" } }, "action_required"],
  ])("answered with %s", async (_what, said, kind) => {
    says({ [byReference]: said });
    expect((await gateway.lookupCharge(account, payment)).kind).toBe(kind);
  });

  test("of a page that could not be closed is not called absent", async () => {
    says({ "/payments/link/disable": { status: 500, body: { status: "error" } } });
    const lost = { ...payment, awaitsShopper: false };
    expect((await gateway.lookupCharge(account, lost)).kind).toBe("unknown");
    expect((await gateway.cancelCharge(account, payment)).kind).toBe("unknown");
  });

  test("is looked for once more after its page was closed", async () => {
    let looks = 0;
    says({
      [byReference]: () => {
        looks += 1;
        return looks === 1 ? { status: 400, body: { status: "error" } } : success(transaction);
      },
      "/payments/link/disable": success(true),
    });
    expect((await gateway.cancelCharge(account, payment)).kind).toBe("succeeded");
    expect(asked.map((call) => call.split("/").at(-1))).toEqual([
      "verify_by_reference",
      "disable",
      "verify_by_reference",
    ]);
  });
});

describe("a refund that is looked for", () => {
  const request: RefundRequest = {
    gatewayKey: "tb-2",
    merchantReference: "REF-0123456789AB",
    chargeReference: "4975363",
    intentReference: null,
    refundReference: null,
    amountMinor: 4_000n,
    currency: "USD",
    openedAt: new Date("2026-11-21T10:00:00Z"),
  };
  const row = {
    id: 75923,
    AmountRefunded: 40,
    status: "completed-mpgs",
    TransactionId: 4975363,
    createdAt: "2026-11-21T10:00:01.000Z",
  };
  const ours = { ...row, comment: "REF-0123456789AB" };
  const onePage = { page_info: { total: 1, current_page: 1, total_pages: 1 } };

  test.each([
    ["none at all", [], { kind: "absent" }],
    ["one of another charge", [{ ...ours, TransactionId: 1 }], { kind: "absent" }],
    ["one that staff made", [{ ...row, comment: "by hand" }], { kind: "absent" }],
    ["another of ours", [{ ...row, comment: "REF-BA9876543210" }], { kind: "absent" }],
    ["ours", [ours], { kind: "succeeded", reference: "75923", amountMinor: 4_000n }],
    [
      "ours in a note of several words",
      [{ ...ours, comment: "for REF-0123456789AB" }],
      { kind: "succeeded" },
    ],
    ["ours, on its way", [{ ...ours, status: "completed" }], { kind: "pending" }],
    ["ours, failed", [{ ...ours, status: "failed" }], { kind: "declined" }],
    ["ours, with a status that is not known", [{ ...ours, status: "done" }], { kind: "unknown" }],
    ["ours, of another amount", [{ ...ours, AmountRefunded: "40.01" }], { amountMinor: 4_001n }],
    ["two of ours", [ours, { ...ours, id: 2 }], { kind: "unknown" }],
    ["one without a note that could be it", [row], { kind: "unknown" }],
    ["one without a note, of another amount", [{ ...row, AmountRefunded: 5 }], { kind: "absent" }],
    [
      "one without a note, from before",
      [{ ...row, createdAt: "2026-11-21T09:00:00Z" }],
      { kind: "absent" },
    ],
    ["what cannot be read", [{ id: 1 }], { kind: "unknown" }],
  ])("where the list has %s", async (_what, rows, outcome) => {
    says({
      "/transactions/4975363/verify": success(transaction),
      "/refunds": success(rows, onePage),
    });
    expect(await gateway.lookupRefund(account, request)).toMatchObject(outcome);
  });

  test("is looked for to the end of the list, also where its length is not told", async () => {
    const pages = [[{ ...row, id: 1, comment: "x" }], [ours], []];
    says({
      "/transactions/4975363/verify": success(transaction),
      "/refunds": (page) => success(pages[page - 1] ?? []),
    });
    expect((await gateway.lookupRefund(account, request)).kind).toBe("succeeded");
    expect(asked.filter((call) => call.endsWith("/refunds"))).toHaveLength(3);
  });

  test("is not absent where the list breaks off", async () => {
    says({
      "/transactions/4975363/verify": success(transaction),
      "/refunds": (page) =>
        page === 1
          ? success([], { page_info: { total: 11, current_page: 1, total_pages: 2 } })
          : { status: 500, body: "" },
    });
    expect((await gateway.lookupRefund(account, request)).kind).toBe("unknown");
  });

  test("by its id is never absent", async () => {
    says({});
    const known = { ...request, refundReference: "75923" };
    expect((await gateway.lookupRefund(account, known)).kind).toBe("unknown");
    says({ "/refunds/75923": success([{ ...ours, TransactionId: 1 }]) });
    expect((await gateway.lookupRefund(account, known)).kind).toBe("unknown");
    says({ "/refunds/75923": success([ours]) });
    expect((await gateway.lookupRefund(account, known)).kind).toBe("succeeded");
  });
});

test("a page elsewhere than over TLS or at the service itself is not gone to", async () => {
  const request = {
    ...payment,
    intentReference: null,
    shopperEmail: "a@example.com",
    orderNumber: "O",
  };
  says({ "/payments": success({ link: "http://somewhere.example/pay" }) });
  expect((await gateway.prepare(account, request)).kind).toBe("unreachable");
  says({ "/payments": success({ link: "https://checkout.flutterwave.com/v3/hosted/pay/1" }) });
  expect((await gateway.prepare(account, request)).kind).toBe("prepared");
  says({ "/payments": { status: 400, body: { status: "error" } } });
  expect((await gateway.prepare(account, request)).kind).toBe("refused");
});
