import type { CaptureMethod, DisputeStatus, GatewayMode, GatewayName } from "../domain/payment.ts";

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
  | "voided"
  | "incorrect_cvc"
  | "invalid_card"
  | "processing_error"
  | "cancelled"
  | "payment_expired";

/** What is shown and kept of a card: never more. */
export type CardSummary = { brand: string; last4: string };

/** What no answer is called in an outcome's `detail`, so that it is told from an answer we doubt. */
export const noAnswer = "no answer";

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
      /** Of a capture: what refunds name from now on, where the gateway gives the taken money an id of its own. */
      chargeReference?: string;
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
  /**
   * The shopper's turn. `url`: where to send them; null: they pay in the gateway's own fields on our
   * page. `reference`: the gateway's id of what they confirm, null where it has none yet.
   */
  | { kind: "action_required"; reference: string | null; url: string | null }
  | { kind: "declined"; reference: string | null; reason: DeclineReason; message: string }
  | { kind: "unknown"; detail: string }
  | { kind: "not_sent"; detail: string };

/** A look-up may also find that the gateway never heard of the key. */
export type LookupOutcome = Outcome | { kind: "absent" };

/** What one configured merchant account gives its adapter. */
export type GatewayAccount = {
  configurationId: number;
  mode: GatewayMode;
  /** Where the service's API is, without a slash at the end: the real one's, or the sandbox's. */
  apiUrl: string;
  merchantId: string;
  publicKey: string;
  secretKey: string;
  /** The webhook secrets that are good now: two while one is being replaced, none where there is none. */
  webhookSecrets: readonly string[];
};

/**
 * How the shopper pays, checked by the adapter. Raw card fields exist for the dummy gateway only;
 * `fields` are a gateway's own (a payment method's id, a signature), kept nowhere.
 */
export type PaymentInput = {
  card: { number: string; summary: CardSummary } | null;
  fields: Readonly<Record<string, string>>;
};

/** What a payment is about: the same at each of its calls. */
type PaymentTerms = {
  /** `TXN-…`: what the gateway files the charge under. */
  merchantReference: string;
  amountMinor: bigint;
  currency: string;
  captureMethod: CaptureMethod;
  /** Where the gateway sends the shopper back to. */
  returnUrl: string;
  /** What `prepare` gave for it; null where the gateway prepares nothing. */
  intentReference: string | null;
};

export type PrepareRequest = PaymentTerms & {
  /** The same at each repetition: a gateway that knows it gives the same intent again. */
  gatewayKey: string;
  shopperEmail: string;
  /** `ORD-…`, for what the shopper reads at the gateway. */
  orderNumber: string;
};

/**
 * What came of preparing a payment at the gateway, which moves no money and so has no unknown outcome.
 * `clientSecret` is what the browser needs to pay it.
 */
export type PrepareOutcome =
  /** `intentReference` null: there is nothing to remember. */
  | { kind: "prepared"; intentReference: string | null; clientSecret: string }
  /** The gateway says no to this payment, in a sentence for the shopper. */
  | { kind: "refused"; message: string }
  | { kind: "unreachable"; detail: string };

export type ChargeRequest = PaymentTerms & { gatewayKey: string; payment: PaymentInput };

export type RefundRequest = {
  gatewayKey: string;
  /** `REF-…`. */
  merchantReference: string;
  chargeReference: string;
  intentReference: string | null;
  /** The gateway's id of the refund, where it has told one. */
  refundReference: string | null;
  amountMinor: bigint;
  currency: string;
  /** When the refund was begun here. */
  openedAt?: Date;
  /** When it was sent last: what was sent a moment ago may still be on its way. Left out: when it was begun. */
  sentAt?: Date;
};

/** A capture of a part or all of what is held, or the release of what is left of it. */
export type CaptureRequest = {
  gatewayKey: string;
  /** `TXN-…` of the authorized payment. */
  merchantReference: string;
  chargeReference: string;
  intentReference: string | null;
  amountMinor: bigint;
  currency: string;
  /** In a question: which of both it is about. Some gateways know what became of a hold, and no keys. */
  move?: "capture" | "void";
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

export type LookupRequest = PaymentTerms & {
  gatewayKey: string;
  /** The gateway said that it is the shopper's turn; false: what became of our call is not known. */
  awaitsShopper: boolean;
  /** When the charge was begun here. */
  openedAt: Date;
  /** What the browser brought, where somebody asks who was there; as for `charge`. */
  payment: PaymentInput;
};

/** A currency as a gateway takes it. */
export type GatewayCurrency = {
  /** How many decimals the gateway gives it, whatever ISO 4217 says. */
  exponent: 0 | 2 | 3;
  /** The least that may be charged, in our minor units. */
  minimumMinor: bigint;
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
  /** null: any currency, as ISO 4217 has it. */
  currencies: Readonly<Record<string, GatewayCurrency>> | null;
};

/** What became of a harmless call with an account's keys; `problem` is a sentence for staff. */
export type AccountCheck = { ok: true } | { ok: false; problem: string };

/** One payment service. Verbs never throw for what the service said: that is an `Outcome`. */
export interface Gateway {
  readonly name: GatewayName;
  readonly capabilities: Capabilities;
  /** What is wrong with an account's keys as they stand, in a sentence for staff; null: nothing. Sends nothing. */
  keyProblem(
    account: Pick<GatewayAccount, "mode" | "merchantId" | "publicKey" | "secretKey">,
  ): string | null;
  /** A harmless call that shows whether the keys are good. */
  checkAccount(account: GatewayAccount): Promise<AccountCheck>;
  /**
   * Makes the payment known to the gateway, or reads it again where `intentReference` is there. Moves no
   * money.
   */
  prepare(account: GatewayAccount, request: PrepareRequest): Promise<PrepareOutcome>;
  /** Checks the caller's payment data. Throws `invalid_request` naming the field. */
  parsePayment(data: Record<string, string> | undefined): PaymentInput;
  charge(account: GatewayAccount, request: ChargeRequest): Promise<Outcome>;
  refund(account: GatewayAccount, request: RefundRequest): Promise<Outcome>;
  /**
   * The fate of a charge. Where the shopper has approved and the gateway waits for our word to take the
   * money, it is given here, with the charge's key. `absent` is a promise for the future too: a request
   * that is still on its way cannot charge later, because the adapter has seen to it at the gateway.
   */
  lookupCharge(account: GatewayAccount, request: LookupRequest): Promise<LookupOutcome>;
  /**
   * Gives up a charge that waits for the shopper, so that it cannot take money later where the gateway
   * lets us see to that. `declined` with `cancelled`: it is given up; any other outcome: what is so instead.
   */
  cancelCharge(account: GatewayAccount, request: LookupRequest): Promise<Outcome>;
  /** The fate of a refund. `absent`: it may be sent again with the same key. */
  lookupRefund(account: GatewayAccount, request: RefundRequest): Promise<LookupOutcome>;
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
     * Checks signature and time of a webhook against one of the account's secrets, in constant time. Null
     * where they do not hold, whatever the reason; it never throws.
     */
    verify(
      request: { headers: Headers; body: Uint8Array },
      key: { account: GatewayAccount; secret: string },
      now: Date,
    ): VerifiedWebhook | null | Promise<VerifiedWebhook | null>;
    /** Pure: the same bytes give the same event. Throws on what it cannot read. */
    translate(body: Uint8Array): TranslatedEvent;
  };
  /** Every charge that the gateway made for the account in that time, oldest first, page by page. */
  listCharges?(
    account: GatewayAccount,
    range: { from: Date; until: Date },
  ): AsyncIterable<readonly ListedCharge[]>;
}
