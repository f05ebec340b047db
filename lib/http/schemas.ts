import { z } from "zod";
import { normaliseEmail } from "../auth/email-address.ts";
import { containsCardNumber } from "../domain/card.ts";
import { caseKinds } from "../domain/case.ts";
import { isCountry } from "../domain/country.ts";
import { orderNumberPattern, refundIdPattern, transactionIdPattern } from "../domain/ids.ts";
import {
  captureMethods,
  disputeStatuses,
  gatewayNames,
  transactionStatuses,
} from "../domain/payment.ts";
import { webhookStates } from "../domain/webhook.ts";

// What the API takes. Every object is strict: a field that is not named here is refused, so that nobody
// sets a column by guessing its name.

const maxId = 2_147_483_647; // PostgreSQL's integer
const noCard = "Card numbers are taken in payment_data alone.";

const rowId = z
  .int("Enter an id as a JSON number.")
  .positive("Enter a positive id.")
  .max(maxId, "There is no such id.");
const gateway = z.enum(gatewayNames, { error: `Choose one of ${gatewayNames.join(", ")}.` });
const transactionId = z
  .string()
  .regex(transactionIdPattern, "Enter an id such as TXN-A1B2C3D4E5F6.");

/** Twelve digits and at most three decimals; how many the currency has, the use case knows. */
const amount = z
  .string('Enter an amount as a decimal string, such as "150.00".')
  .regex(/^\d{1,12}(?:\.\d{1,3})?$/, 'Enter an amount as a decimal string, such as "150.00".')
  .meta({
    description: "A decimal string with at most the currency's own number of decimals.",
    examples: ["150.00"],
  });

function freeText(maxLength: number) {
  return z
    .string()
    .max(maxLength, `Use at most ${maxLength} characters.`)
    .refine((text) => !containsCardNumber(text), noCard);
}

// ---- queries ---------------------------------------------------------------------------------------

const defaultLimit = 50;

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/, `Enter a whole number from ${min} to ${max}.`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `Enter a whole number from ${min} to ${max}.`)
    .meta({ type: "integer", minimum: min, maximum: max });
}

const paging = {
  limit: wholeNumber(1, 100)
    .default(defaultLimit)
    .meta({ description: "How many a page holds.", default: defaultLimit }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/, "This cursor is not readable.")
    .optional()
    .meta({ description: "From the `Link` header of the page before." }),
};

export const pagingQuery = z.strictObject(paging);

export const transactionsQuery = z.strictObject({
  ...paging,
  status: z
    .enum(transactionStatuses, { error: `Choose one of ${transactionStatuses.join(", ")}.` })
    .optional(),
  gateway: gateway.optional(),
  order: z
    .union([wholeNumber(1, maxId), z.string().regex(orderNumberPattern)], {
      error: "Enter an order's id or number.",
    })
    .optional(),
  user: wholeNumber(1, maxId)
    .optional()
    .meta({ description: "Staff only: one person's transactions." }),
});

export const disputesQuery = z.strictObject({
  ...paging,
  status: z
    .enum(disputeStatuses, { error: `Choose one of ${disputeStatuses.join(", ")}.` })
    .optional(),
});

export const refundsQuery = z.strictObject({ ...paging, transaction_id: transactionId.optional() });

export const webhookEventsQuery = z.strictObject({
  ...paging,
  state: z.enum(webhookStates, { error: `Choose one of ${webhookStates.join(", ")}.` }).optional(),
  gateway: gateway.optional(),
  transaction_id: transactionId.optional(),
});

export const casesQuery = z.strictObject({
  ...paging,
  status: z.enum(["open", "resolved"], { error: "Choose one of open, resolved." }).optional(),
  kind: z.enum(caseKinds, { error: `Choose one of ${caseKinds.join(", ")}.` }).optional(),
  transaction_id: transactionId.optional(),
});

export const reconciliationsQuery = z.strictObject({ ...paging, gateway: gateway.optional() });

// ---- paths -----------------------------------------------------------------------------------------

export const transactionParams = z.object({
  transaction_id: z.string().regex(transactionIdPattern),
});
export const refundParams = z.object({ refund_id: z.string().regex(refundIdPattern) });
export const gatewayParams = z.object({ gateway: z.enum(gatewayNames) });
export const rowParams = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,9}$/)
    .transform(Number)
    .refine((id) => id <= maxId)
    .meta({ type: "integer" }),
});
export const orderParams = z.object({ order_number: z.string().regex(orderNumberPattern) });

// ---- bodies ----------------------------------------------------------------------------------------

export const createIntentBody = z.strictObject({
  order_id: rowId,
  gateway: gateway
    .optional()
    .meta({ description: "Left out: the first by the shop's priority that takes this order." }),
  capture_method: z
    .enum(captureMethods, { error: `Choose one of ${captureMethods.join(", ")}.` })
    .optional()
    .meta({ description: "Left out: as the gateway is configured." }),
});

const cardNumber = z
  .string()
  .regex(/^\d(?:[ -]?\d){11,18}$/, "Enter a card number of 12 to 19 digits.")
  .transform((text) => text.replace(/\D/g, ""));

/** A gateway's own id or signature: never long enough, nor of such signs, that a card's number fits. */
function gatewayValue(pattern: RegExp) {
  return z
    .string()
    .regex(pattern, "Enter the gateway's own value.")
    .refine((text) => !containsCardNumber(text), noCard)
    .exactOptional();
}

/** The dummy gateway's card form, and what real gateways' own fields give: a token, never a card. */
const paymentData = z.strictObject({
  payment_method: gatewayValue(/^pm_[A-Za-z0-9_]{1,200}$/),
  razorpay_payment_id: gatewayValue(/^pay_[A-Za-z0-9]{1,64}$/),
  razorpay_order_id: gatewayValue(/^order_[A-Za-z0-9]{1,64}$/),
  // An HMAC in hex may hold a run of digits that checks as a card's by chance; it can be no card.
  razorpay_signature: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "Enter the gateway's own value.")
    .exactOptional(),
  card_number: cardNumber.exactOptional(),
  expiry_month: z
    .string()
    .regex(/^(?:0?[1-9]|1[0-2])$/, "Enter a month from 1 to 12.")
    .exactOptional(),
  expiry_year: z
    .string()
    .regex(/^(?:\d{2}|\d{4})$/, "Enter a year of two or four digits.")
    .exactOptional(),
  cvv: z
    .string()
    .regex(/^\d{3,4}$/, "Enter three or four digits.")
    .exactOptional(),
});

export const processBody = z.strictObject({
  transaction_id: transactionId,
  payment_method: freeText(50).optional(),
  payment_data: paymentData.optional(),
});

export const cancelBody = z.strictObject({ transaction_id: transactionId });

export const refundBody = z.strictObject({
  transaction_id: transactionId,
  amount: amount.optional().meta({ description: "Left out: all that is left." }),
  reason: freeText(500).optional(),
  retry_of: z
    .string()
    .regex(refundIdPattern, "Enter an id such as REF-A1B2C3D4E5F6.")
    .optional()
    .meta({
      description: "A failed refund that is done over; its amount unless another is given.",
    }),
});

export const captureBody = z.strictObject({
  transaction_id: transactionId,
  amount: amount.optional().meta({ description: "Left out: all that is held." }),
});

export const voidBody = z.strictObject({
  transaction_id: transactionId,
  reason: freeText(500).optional(),
});

const email = z
  .string()
  .max(320)
  .transform((text, context) => {
    const normal = normaliseEmail(text);
    if (normal === null) context.addIssue({ code: "custom", message: "Enter one e-mail address." });
    return normal ?? z.NEVER;
  });

const quantity = z
  .int("Enter a whole number.")
  .min(1, "Enter at least 1.")
  .max(999, "Enter at most 999.");
const maxItems = 50;

function itemsOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .min(1, "Enter at least one item.")
    .max(maxItems, `Enter at most ${maxItems} items.`);
}

const sku = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "Enter a part number.");
const country = z
  .string()
  .refine(isCountry, "Enter a country code such as DE.")
  .optional()
  .meta({ description: "ISO 3166-1 alpha-2, where the parts go to." });
const catalogueOrder = z.strictObject({
  country,
  items: itemsOf(z.strictObject({ sku, quantity })),
});
const customOrder = z.strictObject({
  user_email: email,
  currency: z.string().regex(/^[A-Z]{3}$/, "Enter a currency code such as USD."),
  country,
  items: itemsOf(z.strictObject({ name: freeText(200).min(1), unit_amount: amount, quantity })),
});

export const createOrderBody = z.union([catalogueOrder, customOrder]);

// Longer than any password that sign-up takes; what is longer is not hashed.
const password = z.string().min(1, "Enter a password.").max(1_024, "Use at most 1024 characters.");

export const tokenBody = z.strictObject({ email: z.string().min(1).max(320), password });
export const refreshBody = z.strictObject({ refresh: z.string().min(1).max(4_096) });
export const signUpBody = z.strictObject({ email: z.string().min(1).max(320), password });
export const changePasswordBody = z.strictObject({
  current_password: password,
  new_password: password,
});

const time = z.iso
  .datetime({ offset: true, error: "Enter a time such as 2025-12-03T10:00:00Z." })
  .transform((text) => new Date(text));

export const reconcileBody = z.strictObject({
  gateway: gateway.optional().meta({ description: "Left out: every gateway that can." }),
  from: time.optional().meta({ description: "Left out: three days before `until`." }),
  until: time.optional().meta({ description: "Left out: now." }),
});

export const resolveCaseBody = z.strictObject({
  resolution: z
    .enum(["adopted", "dismissed"], { error: "Choose one of adopted, dismissed." })
    .meta({
      description:
        "`adopted`: take in what the gateway says now. `dismissed`: nothing has to be done.",
    }),
  note: freeText(1_000).optional().meta({ description: "Required to dismiss." }),
  user_email: email.optional().meta({
    description: "Required to adopt a charge that nothing here knows of: whose payment it is.",
  }),
});
