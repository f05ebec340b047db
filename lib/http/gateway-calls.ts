import { z } from "zod";
import { containsCardNumber } from "../domain/card.ts";
import { captureMethods, gatewayModes, gatewayNames } from "../domain/payment.ts";
import type { Call } from "./call.ts";
import { problem } from "./described-problem.ts";
import { rowParams } from "./schemas.ts";

const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `Choose one of ${values.join(", ")}.` });

/** A list of codes; a new object each time, so that the OpenAPI document describes each by itself. */
const codes = (pattern: RegExp, message: string, most: number) =>
  z
    .array(z.string().regex(pattern, message), "Enter a list of codes.")
    .max(most, `Enter at most ${most} codes.`);

const priority = z
  .int("Enter a whole number from 0 to 1000.")
  .min(0, "Enter a whole number from 0 to 1000.")
  .max(1_000, "Enter a whole number from 0 to 1000.");

/** What may stand in a key: no space, so that one that was copied along is noticed. */
const key = (least: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7e]{${least},512}$`), {
    error: "Paste the key as the gateway shows it, without spaces.",
  });

const settings = {
  mode: choice(gatewayModes).optional(),
  label: z
    .string()
    .max(80, "Use at most 80 characters.")
    .refine((text) => !containsCardNumber(text), "A card number is no label.")
    .optional(),
  priority: priority.optional().meta({ description: "The smaller is chosen first." }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "Enter a currency code such as USD.")
    .optional(),
  currencies: codes(/^[A-Z]{3}$/, "Enter currency codes such as USD.", 200)
    .optional()
    .meta({ description: "None: whatever the gateway takes." }),
  countries: codes(/^[A-Z]{2}$/, "Enter country codes such as DE.", 300)
    .optional()
    .meta({ description: "None: orders of every country." }),
  capture_method: choice(captureMethods).optional(),
  merchant_id: key(0).optional(),
  public_key: key(0).optional(),
  secret_key: key(1)
    .optional()
    .meta({ description: "Is stored sealed and never given out again.", writeOnly: true }),
  is_active: z.boolean("Enter true or false.").optional(),
};

const time = z.iso.datetime().meta({ examples: ["2025-12-03T10:00:00Z"] });

export const gatewayAccountView = z.object({
  id: z.int(),
  gateway: z.enum(gatewayNames),
  is_active: z.boolean(),
  mode: z.enum(gatewayModes),
  label: z.string(),
  priority: z.int(),
  currency: z.string(),
  currencies: z.array(z.string()),
  countries: z.array(z.string()),
  capture_method: z.enum(captureMethods),
  merchant_id: z.string(),
  public_key: z.string(),
  secret_key_state: z.enum(["missing", "unreadable", "kept"]),
  secret_key_last4: z.string().nullable(),
  webhook_secrets: z.int(),
  webhook_url: z.string(),
  last_check: z.object({ at: time, problem: z.string().nullable() }).nullable(),
  created_at: time,
  updated_at: time,
});

export const verdictView = z.object({
  ok: z.boolean(),
  problem: z.string().nullable(),
  warnings: z.array(z.string()),
});

const invalid = problem("A field is wrong: a code that is none, or keys that do not fit the mode.");
const adminOnly = problem("Only an admin may do this.");
const absent = problem("There is no such account.");
const account = (description: string) => ({ description, schema: gatewayAccountView });

/** The shop's accounts at the gateways, the inactive ones too. No answer holds a secret. */
export const gatewayCalls = {
  listGateways: {
    method: "GET",
    path: "/api/payment/gateways/",
    summary: "The shop's accounts at the gateways, as it chooses among them",
    auth: "staff",
    limit: "read",
    answers: {
      200: { description: "Every account.", schema: z.array(gatewayAccountView) },
      403: problem("Staff only."),
    },
  },
  createGateway: {
    method: "POST",
    path: "/api/payment/gateways/",
    summary: "Set up another account",
    auth: "admin",
    limit: "write",
    body: z.strictObject({ gateway: choice(gatewayNames), ...settings }),
    idempotent: true,
    answers: { 201: account("The account."), 400: invalid, 403: adminOnly },
  },
  updateGateway: {
    method: "POST",
    path: "/api/payment/gateways/{id}/",
    summary: "Change an account; what is left out stays",
    auth: "admin",
    limit: "write",
    params: rowParams,
    body: z.strictObject(settings),
    answers: {
      200: account("The account as it is now."),
      400: invalid,
      403: adminOnly,
      404: absent,
    },
  },
  verifyGateway: {
    method: "POST",
    path: "/api/payment/gateways/{id}/verify/",
    summary: "Ask the gateway whether an account's keys are good; no money moves",
    auth: "admin",
    limit: "write",
    params: rowParams,
    answers: {
      200: { description: "What came of it, in sentences.", schema: verdictView },
      403: adminOnly,
      404: absent,
    },
  },
  rotateWebhookSecret: {
    method: "POST",
    path: "/api/payment/gateways/{id}/webhook-secret/",
    summary: "Give an account the secret of its webhooks; the one before stays good for 24 hours",
    auth: "admin",
    limit: "write",
    params: rowParams,
    body: z.strictObject({ secret: key(1).meta({ writeOnly: true }) }),
    answers: {
      200: account("The account as it is now."),
      400: problem("The secret is too short."),
      403: adminOnly,
      404: absent,
      409: problem("The account has no secret key yet."),
    },
  },
} as const satisfies Record<string, Call>;
