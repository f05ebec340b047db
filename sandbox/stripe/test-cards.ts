/**
 * Stripe's test cards (docs.stripe.com/testing) and what they do. A number is looked up here and goes no
 * further: of a card only its brand and last four digits are kept.
 */
import { cardBrand, luhnValid } from "#lib/domain/card";

export type Decline = { code: string; decline_code: string; message: string };

/** What a card does when it is charged. */
export type Behaviour = {
  authentication: "none" | "required";
  decline: Decline | null;
  /** Of its refunds: pending first, or done and failed later. */
  refund: "succeeds" | "pending" | "fails";
  dispute: { reason: string; isInquiry: boolean } | null;
};

export type TestCard = Behaviour & { brand: string; last4: string; funding: string };

const plain: Behaviour = {
  authentication: "none",
  decline: null,
  refund: "succeeds",
  dispute: null,
};

const declined = (declineCode: string, message = "Your card was declined."): Behaviour => ({
  ...plain,
  decline: { code: "card_declined", decline_code: declineCode, message },
});
const failing = (code: string, message: string): Behaviour => ({
  ...plain,
  decline: { code, decline_code: code, message },
});

const processing = failing(
  "processing_error",
  "An error occurred while processing your card. Try again in a little bit.",
);
const withAuthentication = (behaviour: Behaviour): Behaviour => ({
  ...behaviour,
  authentication: "required",
});
const disputed = (reason: string, isInquiry = false): Behaviour => ({
  ...plain,
  dispute: { reason, isInquiry },
});

type Row = [id: string, number: string, behaviour: Behaviour];
const rows: readonly Row[] = [
  ["pm_card_visa", "4242424242424242", plain],
  ["pm_card_visa_debit", "4000056655665556", plain],
  ["pm_card_mastercard", "5555555555554444", plain],
  ["pm_card_amex", "378282246310005", plain],
  ["pm_card_discover", "6011111111111117", plain],
  ["pm_card_diners", "3056930009020004", plain],
  ["pm_card_jcb", "3566002020360505", plain],
  ["pm_card_unionpay", "6200000000000005", plain],
  ["pm_card_bypassPending", "4000000000000077", plain],
  ["pm_card_visa_chargeDeclined", "4000000000000002", declined("generic_decline")],
  ["pm_card_chargeDeclined", "4000000000000002", declined("generic_decline")],
  [
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "4000000000009995",
    declined("insufficient_funds", "Your card has insufficient funds."),
  ],
  ["pm_card_visa_chargeDeclinedLostCard", "4000000000009987", declined("lost_card")],
  ["pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", declined("stolen_card")],
  [
    "pm_card_chargeDeclinedExpiredCard",
    "4000000000000069",
    failing("expired_card", "Your card has expired."),
  ],
  [
    "pm_card_chargeDeclinedIncorrectCvc",
    "4000000000000127",
    failing("incorrect_cvc", "Your card's security code is incorrect."),
  ],
  ["pm_card_chargeDeclinedProcessingError", "4000000000000119", processing],
  [
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
    "4000000000006975",
    declined("card_velocity_exceeded"),
  ],
  ["pm_card_chargeCustomerFail", "4000000000000341", declined("generic_decline")],
  ["pm_card_radarBlock", "4100000000000019", declined("fraudulent")],
  ["pm_card_authenticationRequired", "4000002760003184", withAuthentication(plain)],
  ["pm_card_authenticationRequiredOnSetup", "4000002500003155", withAuthentication(plain)],
  ["pm_card_authenticationRequiredSetupForOffSession", "4000003800000446", plain],
  ["pm_card_threeDSecure2Required", "4000000000003220", withAuthentication(plain)],
  [
    "pm_card_threeDSecureRequiredChargeDeclined",
    "4000008400001629",
    withAuthentication(declined("generic_decline")),
  ],
  [
    "pm_card_threeDSecureRequiredProcessingError",
    "4000008400001280",
    withAuthentication(processing),
  ],
  ["pm_card_threeDSecureOptional", "4000000000003055", plain],
  ["pm_card_amex_threeDSecureNotSupported", "378282246310005", plain],
  ["pm_card_createDispute", "4000000000000259", disputed("fraudulent")],
  ["pm_card_createDisputeProductNotReceived", "4000000000002685", disputed("product_not_received")],
  ["pm_card_createDisputeInquiry", "4000000000001976", disputed("general", true)],
  ["pm_card_riskLevelElevated", "4000000000009235", plain],
  ["pm_card_pendingRefund", "4000000000007726", { ...plain, refund: "pending" }],
  ["pm_card_refundFail", "4000000000005126", { ...plain, refund: "fails" }],
];

function toCard([, number, behaviour]: Row): TestCard {
  return {
    ...behaviour,
    brand: cardBrand(number),
    last4: number.slice(-4),
    funding: number === "4000056655665556" ? "debit" : "credit",
  };
}

/** A card by an id such as `pm_card_visa`; null: no such. */
export function cardById(id: string): TestCard | null {
  const row = rows.find(([known]) => known === id);
  return row ? toCard(row) : null;
}

/** A card by its number. One that is no test card is none; `incorrect_number`: the digits are wrong. */
export function cardByNumber(number: string): TestCard | "incorrect_number" | "not_a_test_card" {
  const row = rows.find(([, known]) => known === number);
  if (row) return toCard(row);
  return luhnValid(number) ? "not_a_test_card" : "incorrect_number";
}
