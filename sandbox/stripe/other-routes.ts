/** Charges, refunds, disputes, the balance, events and the account. */
import type { Call, Context, Route } from "../stand-in.ts";
import { apiRoute, invalid } from "./answers.ts";
import { balanceArrives } from "./charges.ts";
import { answerDispute, checkOpen, endDispute } from "./disputes.ts";
import { find, save, type Charge, type Kind } from "./documents.ts";
import { chargeOf } from "./holds.ts";
import { expanded, listOf } from "./lists.ts";
import { Params, textIn } from "./params.ts";
import { makeRefund } from "./refunds.ts";

const refundReasons = ["duplicate", "fraudulent", "requested_by_customer"] as const;

const retrieve = (kind: Kind) => async (context: Context, call: Call) => {
  const params = new Params(call, []);
  return expanded(context, await find(context, kind, call.params["id"] ?? ""), params.expand());
};

async function createRefund(context: Context, call: Call) {
  const params = new Params(call, [
    ...["amount", "charge", "payment_intent", "reason", "metadata", "currency", "origin"],
    ...["customer", "instructions_email", "refund_application_fee", "reverse_transfer"],
  ]);
  const charge = await balanceArrives(context, await refundedCharge(context, params));
  const refund = await makeRefund(context, charge, {
    amount: params.integer("amount"),
    reason: params.choice("reason", refundReasons),
    metadata: params.metadata(),
  });
  return expanded(context, refund, params.expand());
}

async function refundedCharge(context: Context, params: Params): Promise<Charge> {
  const intentId = params.text("payment_intent");
  const chargeId = params.text("charge");
  if (chargeId !== null) return find(context, "charge", chargeId, "charge");
  if (intentId === null) {
    throw invalid(
      "One of the following params should be provided for this request: payment_intent or charge.",
      {
        code: "parameter_missing",
        param: "payment_intent",
      },
    );
  }
  const intent = await find(context, "payment_intent", intentId, "payment_intent");
  if (intent.status !== "succeeded") {
    throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      code: "payment_intent_unexpected_state",
    });
  }
  return chargeOf(context, intent);
}

async function updateRefund(context: Context, call: Call) {
  const params = new Params(call, ["metadata"]);
  const refund = await find(context, "refund", call.params["id"] ?? "");
  const changed = { ...refund, metadata: params.metadata(refund.metadata) };
  await save(context, "refund", changed);
  return expanded(context, changed, params.expand());
}

async function cancelRefund(context: Context, call: Call): Promise<never> {
  const refund = await find(context, "refund", call.params["id"] ?? "");
  // Card refunds never ask the shopper for anything, so none can be canceled.
  throw invalid(
    `This refund cannot be canceled because its status is ${refund.status}. Only a refund with status requires_action can be canceled.`,
  );
}

const listRefunds = async (context: Context, call: Call) => {
  const charge = call.query.get("charge");
  const parent = charge
    ? (await find(context, "charge", charge, "charge")).payment_intent
    : undefined;
  return listOf(context, call, "refund", ["charge", "payment_intent"], (params) => {
    const intent = params.text("payment_intent") ?? parent;
    return {
      ...(intent === undefined ? {} : { parent: intent }),
      keep: (refund) => !charge || refund.charge === charge,
    };
  });
};

const listByIntent = (kind: "charge" | "dispute", filters: readonly string[]) => {
  return (context: Context, call: Call) =>
    listOf(context, call, kind, ["payment_intent", ...filters], (params) => {
      const intent = params.text("payment_intent");
      const wanted = filters
        .map((name): [string, string | null] => [name, params.text(name)])
        .filter(([, value]) => value !== null);
      return {
        ...(intent === null ? {} : { parent: intent }),
        keep: (data: Record<string, unknown>) =>
          wanted.every(([name, value]) => data[name] === value),
      };
    });
};

async function updateDispute(context: Context, call: Call) {
  const params = new Params(call, ["evidence", "metadata", "submit"]);
  const dispute = await find(context, "dispute", call.params["id"] ?? "");
  const named = { ...dispute, metadata: params.metadata(dispute.metadata) };
  if (!params.has("evidence")) {
    await save(context, "dispute", named);
    return expanded(context, named, params.expand());
  }
  const isSent = !params.has("submit") || params.flag("submit");
  const text = textIn(params.map("evidence"), "uncategorized_text");
  return expanded(context, await answerDispute(context, named, text, isSent), params.expand());
}

async function closeDispute(context: Context, call: Call) {
  const params = new Params(call, []);
  const dispute = await find(context, "dispute", call.params["id"] ?? "");
  checkOpen(dispute);
  return expanded(context, await endDispute(context, dispute, "lost"), params.expand());
}

const listBalance = (context: Context, call: Call) =>
  listOf(
    context,
    call,
    "balance_transaction",
    ["source", "type", "currency", "payout"],
    (params) => {
      const source = params.text("source");
      const type = params.text("type");
      const currency = params.text("currency");
      return {
        ...(source === null ? {} : { parent: source }),
        // Nothing is paid out in the sandbox.
        keep: (entry) =>
          params.text("payout") === null &&
          (type === null || entry["type"] === type) &&
          (currency === null || entry["currency"] === currency),
      };
    },
  );

const listEvents = (context: Context, call: Call) =>
  listOf(context, call, "event", ["type", "types", "delivery_success"], (params) => {
    const type = params.text("type");
    const several = params.value("types");
    const types = Array.isArray(several) ? several : type === null ? null : [type];
    const fits = (given: string, wanted: string) =>
      wanted.endsWith("*") ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
    return {
      keep: (event) =>
        types === null || types.some((wanted) => fits(String(event["type"]), String(wanted))),
    };
  });

async function balance(context: Context) {
  const rows = await context.book.list<Record<string, unknown>>("balance_transaction");
  const sums = new Map<string, number>();
  for (const { data } of rows) {
    const currency = String(data["currency"]);
    sums.set(currency, (sums.get(currency) ?? 0) + Number(data["net"]));
  }
  const amounts = [...sums].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  const none = [{ amount: 0, currency: "usd", source_types: { card: 0 } }];
  return {
    object: "balance",
    available: none,
    livemode: false,
    pending: amounts.length > 0 ? amounts : none,
  };
}

const account = async ({ credentials }: Context) => ({
  id: credentials.merchantId,
  object: "account",
  business_type: "company",
  capabilities: { card_payments: "active", transfers: "active" },
  charges_enabled: true,
  country: "US",
  default_currency: "usd",
  details_submitted: true,
  email: null,
  payouts_enabled: true,
  settings: { dashboard: { display_name: "Tollbooth sandbox", timezone: "Etc/UTC" } },
  type: "standard",
});

const movesMoney = true;

export const otherRoutes: Readonly<Record<string, Route>> = {
  "GET /v1/charges": apiRoute(listByIntent("charge", ["customer"])),
  "GET /v1/charges/:id": apiRoute(retrieve("charge")),
  "POST /v1/refunds": apiRoute(createRefund, { movesMoney }),
  "GET /v1/refunds": apiRoute(listRefunds),
  "GET /v1/refunds/:id": apiRoute(retrieve("refund")),
  "POST /v1/refunds/:id": apiRoute(updateRefund),
  "POST /v1/refunds/:id/cancel": apiRoute(cancelRefund),
  "GET /v1/disputes": apiRoute(listByIntent("dispute", ["charge"])),
  "GET /v1/disputes/:id": apiRoute(retrieve("dispute")),
  "POST /v1/disputes/:id": apiRoute(updateDispute),
  "POST /v1/disputes/:id/close": apiRoute(closeDispute),
  "GET /v1/balance_transactions": apiRoute(listBalance),
  "GET /v1/balance_transactions/:id": apiRoute(retrieve("balance_transaction")),
  "GET /v1/events": apiRoute(listEvents),
  "GET /v1/events/:id": apiRoute(retrieve("event")),
  "GET /v1/balance": apiRoute(balance),
  "GET /v1/account": apiRoute(account),
};
