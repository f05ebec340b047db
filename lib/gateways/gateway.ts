import type { CaptureMethod, DisputeStatus, GatewayName } from "../domain/payment.ts";

/** Why a gateway or an issuer refused, in our words. Pages turn each into a sentence. */
export type DeclineReason =
  | "card_declined"
  | "insufficient_funds"
  | "expired_card"
  | "authentication_failed"
  | "authentication_expired"
  | "not_charged"
  | "refund_refused"
  | "refund_failed"
  | "capture_refused"
  | "authorization_expired"
  | "voided";

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
  /** The money is held until it is captured, voided, or `expiresAt` has passed. */
  | {
      kind: "authorized";
      reference: string;
      amountMinor: bigint;
      currency: string;
      card: CardSummary | null;
      expiresAt: Date | null;
    }
  /** The gateway has it and does not know yet itself; it will tell, and may be asked. */
  | { kind: "pending"; reference: string }
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
  /** The webhook secrets that are good now: two while one is being replaced, none where there is none. */
  webhookSecrets: readonly string[];
};

/** How the shopper pays, checked by the adapter. Raw card fields exist for the dummy gateway only. */
export type PaymentInput = { card: { number: string; summary: CardSummary } | null };

export type ChargeRequest = {
  gatewayKey: string;
  /** `TXN-…`: what the gateway files the charge under. */
  merchantReference: string;
  amountMinor: bigint;
  currency: string;
  captureMethod: CaptureMethod;
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

/** A capture of a part or all of what is held, or the release of what is left of it. */
export type CaptureRequest = {
  gatewayKey: string;
  /** `TXN-…` of the authorized payment. */
  merchantReference: string;
  chargeReference: string;
  amountMinor: bigint;
  currency: string;
};

/** What a gateway told us of by itself, translated. The signature says who told it, not that it is so. */
export type GatewayEvent =
  | { kind: "charge"; merchantReference: string; outcome: Outcome }
  | {
      kind: "refund";
      /** Empty where nobody here asked for it. */
      merchantReference: string;
      chargeReference: string;
      outcome: Outcome;
    }
  | {
      kind: "dispute";
      disputeReference: string;
      chargeReference: string;
      status: DisputeStatus;
      reason: string;
      amountMinor: bigint;
      currency: string;
      dueBy: Date | null;
    }
  /** Nothing of ours: a type that we have no use for. */
  | { kind: "ignored" };

export type TranslatedEvent = { type: string; event: GatewayEvent };

/** A verified webhook: the gateway's id of the event, which its repetitions share. */
export type VerifiedWebhook = { eventId: string };

/** One charge as the gateway's own list has it, with what became of it. */
export type ListedCharge = {
  reference: string;
  merchantReference: string;
  /** In our words; `other` is whatever moved no money. */
  status: "authorized" | "succeeded" | "other";
  amountMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  currency: string;
  createdAt: Date;
  refunds: readonly {
    reference: string;
    merchantReference: string;
    status: "pending" | "succeeded" | "failed";
    amountMinor: bigint;
    createdAt: Date;
  }[];
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
  /** Holds money for a manual capture; then the gateway has `holds`. */
  manualCapture: boolean;
  partialCapture: boolean;
  /** More than one capture of a hold. */
  multipleCaptures: boolean;
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
  /** Captures and releases of what is held, where the gateway can hold. */
  readonly holds?: {
    capture(account: GatewayAccount, request: CaptureRequest): Promise<Outcome>;
    /** Releases all that is left of the hold; `amountMinor` is how much that should be. */
    void(account: GatewayAccount, request: CaptureRequest): Promise<Outcome>;
    /** The fate of a capture or void by its key. `absent`: it may be sent again with the same key. */
    lookup(account: GatewayAccount, request: CaptureRequest): Promise<LookupOutcome>;
  };
  /** What the gateway sends by itself, where it does. */
  readonly webhooks?: {
    /**
     * Checks signature and time of a webhook against one secret, in constant time. Null where they do
     * not hold, whatever the reason.
     */
    verify(
      request: { headers: Headers; body: Uint8Array },
      secret: string,
      now: Date,
    ): VerifiedWebhook | null;
    /** Pure: the same bytes give the same event. Throws on what it cannot read. */
    translate(body: Uint8Array): TranslatedEvent;
  };
  /** Every charge that the gateway made for the account in that time, oldest first, page by page. */
  listCharges?(
    account: GatewayAccount,
    range: { from: Date; until: Date },
  ): AsyncIterable<readonly ListedCharge[]>;
}
