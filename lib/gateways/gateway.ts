import type { GatewayName } from "../domain/payment.ts";

/** Why a gateway or an issuer refused, in our words. Pages turn each into a sentence. */
export type DeclineReason =
  | "card_declined"
  | "insufficient_funds"
  | "expired_card"
  | "authentication_failed"
  | "authentication_expired"
  | "not_charged"
  | "refund_refused";

/** What is shown and kept of a card: never more. */
export type CardSummary = { brand: string; last4: string };

/**
 * What a call to a gateway came to. `unknown` means that money may have moved: it is never read as a
 * failure. `not_sent` is said only where the request certainly did not arrive.
 */
export type Outcome =
  | {
      kind: "succeeded";
      reference: string;
      amountMinor: bigint;
      currency: string;
      card: CardSummary | null;
    }
  | { kind: "action_required"; reference: string; url: string }
  | { kind: "declined"; reference: string | null; reason: DeclineReason; message: string }
  | { kind: "unknown"; detail: string }
  | { kind: "not_sent"; detail: string };

/** A look-up may also find that the gateway never heard of the key. */
export type LookupOutcome = Outcome | { kind: "absent" };

/** What one configured merchant account gives its adapter. */
export type GatewayAccount = {
  configurationId: number;
  merchantId: string;
  publicKey: string;
  secretKey: string;
};

/** How the shopper pays, checked by the adapter. Raw card fields exist for the dummy gateway only. */
export type PaymentInput = { card: { number: string; summary: CardSummary } | null };

export type ChargeRequest = {
  gatewayKey: string;
  /** `TXN-…`: what the gateway files the charge under. */
  merchantReference: string;
  amountMinor: bigint;
  currency: string;
  /** Where the gateway sends the shopper back to. */
  returnUrl: string;
  payment: PaymentInput;
};

export type RefundRequest = {
  gatewayKey: string;
  /** `REF-…`. */
  merchantReference: string;
  chargeReference: string;
  amountMinor: bigint;
  currency: string;
};

export type LookupRequest = {
  gatewayKey: string;
  merchantReference: string;
  amountMinor: bigint;
  currency: string;
};

/** What an adapter can do, as data: the use cases ask it and the pages show it. */
export type Capabilities = {
  partialRefund: boolean;
  /** Takes raw card fields; true for the dummy gateway only. */
  rawCard: boolean;
  /** null: any currency. */
  currencies: readonly string[] | null;
};

/** One payment service. Verbs never throw for what the service said: that is an `Outcome`. */
export interface Gateway {
  readonly name: GatewayName;
  readonly capabilities: Capabilities;
  /** What the browser needs to pay this transaction. */
  clientSecret(account: GatewayAccount, transactionId: string): string;
  /** Checks the caller's payment data. Throws `invalid_request` naming the field. */
  parsePayment(data: Record<string, string> | undefined): PaymentInput;
  charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome>;
  refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome>;
  /**
   * The fate of a charge by its key. `absent` is a promise for the future too: the gateway will refuse
   * that key from then on, so a request that is still on its way cannot charge later.
   */
  lookupCharge(account: GatewayAccount, request: LookupRequest): Promise<LookupOutcome>;
  /** The fate of a refund by its key. `absent`: it may be sent again with the same key. */
  lookupRefund(account: GatewayAccount, request: LookupRequest): Promise<LookupOutcome>;
}
