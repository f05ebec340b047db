import { createHmac } from "node:crypto";
import { getEnv } from "#lib/env";
import type { RemoteGateway } from "#lib/gateways/endpoints";
import type { Credentials } from "./stand-in.ts";

/** A value of this installation's own: nothing that opens the sandbox is written in the source. */
function own(gateway: RemoteGateway, what: string, length: number): string {
  return createHmac("sha256", getEnv().MASTER_KEY)
    .update(`sandbox ${gateway} ${what}`)
    .digest("hex")
    .slice(0, length);
}

const forms: Readonly<
  Record<RemoteGateway, (part: (what: string, length: number) => string) => Credentials>
> = {
  stripe: (part) => ({
    merchantId: `acct_${part("merchant", 16)}`,
    publicKey: `pk_test_${part("public", 32)}`,
    secretKey: `sk_test_${part("secret", 32)}`,
    webhookSecret: `whsec_${part("webhook", 32)}`,
  }),
  paypal: (part) => ({
    // PayPal's ids of merchants have neither 0 nor 1.
    merchantId: part("merchant", 13).toUpperCase().replaceAll("0", "W").replaceAll("1", "Z"),
    publicKey: `A${part("public", 60)}`,
    secretKey: `E${part("secret", 60)}`,
    // The id of the webhook, which is what binds PayPal's signature to a merchant.
    webhookSecret: part("webhook", 17).toUpperCase(),
  }),
  razorpay: (part) => ({
    merchantId: `acc_${part("merchant", 14)}`,
    publicKey: `rzp_test_${part("public", 14)}`,
    secretKey: part("secret", 24),
    webhookSecret: part("webhook", 32),
  }),
  flutterwave: (part) => ({
    merchantId: part("merchant", 8),
    publicKey: `FLWPUBK_TEST-${part("public", 32)}-X`,
    secretKey: `FLWSECK_TEST-${part("secret", 32)}-X`,
    webhookSecret: part("webhook", 32),
  }),
};

/** The demo merchant's account at a gateway's stand-in. */
export function credentialsOf(gateway: RemoteGateway): Credentials {
  return forms[gateway]((what, length) => own(gateway, what, length));
}
