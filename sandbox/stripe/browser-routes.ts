/** What browsers load and call: Stripe.js, its frame, and what both ask with a publishable key. */
import { readFileSync } from "node:fs";
import { timingSafeEqual } from "node:crypto";
import { script, type Call, type Context, type Reply, type Route } from "../stand-in.ts";
import { apiRoute, StripeRefusal } from "./answers.ts";
import { bankRoutes } from "./bank-question.ts";
import { find, shown } from "./documents.ts";
import { elementPage } from "./element-page.ts";
import { confirmFromBrowser } from "./intent-routes.ts";
import { Params } from "./params.ts";
import { confirmSetup, createMethod } from "./saved-cards.ts";

const source = (name: string): string =>
  readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
/** Names of a script stay its own. */
const enclosed = (name: string): Reply => script(`(() => {\n${source(name)}\n})();\n`);

const served: Readonly<Record<string, Reply>> = {
  "/endive/stripe.js": enclosed("stripe-script.js"),
  "/sandbox/element.js": enclosed("element.js"),
  "/sandbox/bank-question.js": enclosed("bank-question.js"),
};

/** What a browser is shown of an intent: nothing that is between the shop and Stripe. */
function publicView(data: Record<string, unknown>): Record<string, unknown> {
  const hidden = ["metadata", "customer", "application", "on_behalf_of", "transfer_data", "review"];
  return Object.fromEntries(Object.entries(shown(data)).filter(([name]) => !hidden.includes(name)));
}

function isSame(given: string | null, right: string): boolean {
  const one = Buffer.from(given ?? "");
  const other = Buffer.from(right);
  return one.length === other.length && timingSafeEqual(one, other);
}

function checkKey({ credentials }: Context, call: Call): URLSearchParams {
  const given =
    call.method === "GET" ? call.query : new URLSearchParams(call.body.toString("utf8"));
  if (isSame(given.get("key"), credentials.publicKey)) return given;
  throw new StripeRefusal(401, {
    type: "invalid_request_error",
    message: "Invalid API Key provided.",
  });
}

/** A confirmation's answer as a browser is shown it; a refusal has the intent inside. */
function publicAnswer(result: Record<string, unknown> | Reply): Record<string, unknown> | Reply {
  const body = "body" in result ? (result.body as { error?: Record<string, unknown> }) : undefined;
  const inside = body?.error;
  if (inside === undefined) return publicView(result as Record<string, unknown>);
  const cleaned = Object.entries(inside).map(([name, value]) =>
    name.endsWith("_intent") ? [name, publicView(value as Record<string, unknown>)] : [name, value],
  );
  return { ...(result as Reply), body: { error: Object.fromEntries(cleaned) } };
}

/** Runs `work` where the publishable key and the intent's own secret are right. */
function withSecret(
  kind: "payment_intent" | "setup_intent",
  work: (context: Context, call: Call) => Promise<Record<string, unknown> | Reply>,
) {
  return async (context: Context, call: Call) => {
    const given = checkKey(context, call);
    const intent = await find(context, kind, call.params["id"] ?? "", "intent");
    if (!isSame(given.get("client_secret"), intent.client_secret)) {
      throw new StripeRefusal(400, {
        type: "invalid_request_error",
        code: "payment_intent_invalid_parameter",
        param: "client_secret",
        message: "The client_secret provided does not match the client_secret of this intent.",
      });
    }
    return publicAnswer(await work(context, call));
  };
}

const readIntent = (kind: "payment_intent" | "setup_intent") =>
  withSecret(kind, async (context, call) => {
    new Params(call, []);
    return find(context, kind, call.params["id"] ?? "");
  });

const makeMethod = async (context: Context, call: Call) => {
  checkKey(context, call);
  return createMethod(context, call);
};

/** The shop's page asks from another origin. Nobody is known by cookies here. */
function fromAnywhere(route: Route): Route {
  return {
    ...route,
    isPublic: true,
    handle: async (context, call) => {
      const reply = await route.handle(context, call);
      return { ...reply, headers: { ...reply.headers, "Access-Control-Allow-Origin": "*" } };
    },
  };
}

const movesMoney = true;

export const browserRoutes: Readonly<Record<string, Route>> = {
  ...Object.fromEntries(
    Object.entries(served).map(([path, reply]) => [
      `GET ${path}`,
      { handle: () => reply, isPublic: true },
    ]),
  ),
  "GET /element": { handle: elementPage, isPublic: true },
  ...bankRoutes,
  "GET /js/v1/payment_intents/:id": fromAnywhere(apiRoute(readIntent("payment_intent"))),
  "GET /js/v1/setup_intents/:id": fromAnywhere(apiRoute(readIntent("setup_intent"))),
  // Only from the frame, which is of this origin.
  "POST /js/v1/payment_methods": { ...apiRoute(makeMethod), isPublic: true },
  "POST /js/v1/payment_intents/:id/confirm": {
    ...apiRoute(withSecret("payment_intent", confirmFromBrowser), { movesMoney }),
    isPublic: true,
  },
  "POST /js/v1/setup_intents/:id/confirm": {
    ...apiRoute(withSecret("setup_intent", confirmSetup)),
    isPublic: true,
  },
};
