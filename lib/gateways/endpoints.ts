import type { GatewayMode, GatewayName } from "../domain/payment.ts";
import { getEnv } from "../env.ts";

/** A gateway that is called over the network. */
export type RemoteGateway = Exclude<GatewayName, "dummy">;

/** Where a gateway's services are. */
export type Endpoints = {
  /** The API's address, without a slash at the end. */
  api: string;
  /** What the checkout loads in the browser; null: nothing, the shopper is sent to a page of the gateway. */
  script: string | null;
  /** Whose scripts, frames and calls the checkout's page must allow, as CSP sources. */
  sources: { script: readonly string[]; frame: readonly string[]; connect: readonly string[] };
};

const none = { script: [], frame: [], connect: [] } as const;

/** The services as they are on the Internet. Sources: each gateway's integration pages. */
const real: Readonly<Record<RemoteGateway, Readonly<Record<GatewayMode, Endpoints>>>> = {
  stripe: sameInBothModes({
    api: "https://api.stripe.com",
    script: "https://js.stripe.com/endive/stripe.js",
    sources: {
      script: ["https://js.stripe.com", "https://*.js.stripe.com"],
      frame: ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
      connect: ["https://api.stripe.com"],
    },
  }),
  paypal: {
    test: paypal("https://api-m.sandbox.paypal.com", "https://www.sandbox.paypal.com"),
    live: paypal("https://api-m.paypal.com", "https://www.paypal.com"),
  },
  razorpay: sameInBothModes({
    api: "https://api.razorpay.com",
    script: "https://checkout.razorpay.com/v1/checkout.js",
    sources: {
      script: ["https://checkout.razorpay.com"],
      frame: ["https://checkout.razorpay.com", "https://api.razorpay.com"],
      connect: ["https://api.razorpay.com", "https://lumberjack.razorpay.com"],
    },
  }),
  // The shopper is sent to a page of Flutterwave's: nothing of it is loaded here.
  flutterwave: sameInBothModes({ api: "https://api.flutterwave.com", script: null, sources: none }),
};

function sameInBothModes(endpoints: Endpoints): Record<GatewayMode, Endpoints> {
  return { test: endpoints, live: endpoints };
}

function paypal(api: string, site: string): Endpoints {
  return {
    api,
    script: `${site}/sdk/js`,
    sources: { script: [site], frame: [site], connect: [site] },
  };
}

/** The sandbox gives each gateway a port of its own, after its control port (the contract, section 8). */
const sandboxPorts: Readonly<Record<RemoteGateway, { offset: number; script: string | null }>> = {
  stripe: { offset: 1, script: "/endive/stripe.js" },
  paypal: { offset: 2, script: "/sdk/js" },
  razorpay: { offset: 3, script: "/v1/checkout.js" },
  flutterwave: { offset: 4, script: null },
};

/** How many ports the sandbox has after its control port. */
export const sandboxPortCount = Object.keys(sandboxPorts).length;

function inSandbox(name: RemoteGateway): Endpoints {
  const { offset, script } = sandboxPorts[name];
  const api = `http://127.0.0.1:${getEnv().SANDBOX_PORT + offset}`;
  const sources = script === null ? none : { script: [api], frame: [api], connect: [api] };
  return { api, script: script === null ? null : api + script, sources };
}

/** Where a gateway is: the real service in production, the sandbox in the demo and in tests. */
export function endpointsOf(name: RemoteGateway, mode: GatewayMode): Endpoints {
  return getEnv().isDemo ? inSandbox(name) : real[name][mode];
}
