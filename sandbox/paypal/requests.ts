/** What callers send to PayPal, read with its own complaints. */
import { z } from "zod";
import type { Call } from "../stand-in.ts";
import { PayPalRefusal } from "./answers.ts";
import { moneyIssue, type Money } from "./money.ts";

const money = z.object({
  currency_code: z.string().regex(/^[A-Z]{3}$/),
  value: z
    .string()
    .max(32)
    .regex(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/),
});
const short = z.string().min(1).max(127).optional();

export const orderRequest = z.object({
  intent: z.enum(["CAPTURE", "AUTHORIZE"]),
  purchase_units: z
    .array(
      z.object({
        reference_id: z.string().min(1).max(256).optional(),
        amount: money,
        description: short,
        custom_id: short,
        invoice_id: short,
      }),
    )
    // Orders for several receivers are not played here.
    .length(1),
  payment_source: z
    .object({
      paypal: z.object({
        experience_context: z
          .object({
            return_url: z.url().optional(),
            cancel_url: z.url().optional(),
            brand_name: short,
            user_action: z.enum(["CONTINUE", "PAY_NOW"]).optional(),
            shipping_preference: z
              .enum(["GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS"])
              .optional(),
          })
          .optional(),
      }),
    })
    .optional(),
  application_context: z
    .object({
      return_url: z.url().optional(),
      cancel_url: z.url().optional(),
      brand_name: short,
    })
    .optional(),
});

export const captureRequest = z.object({
  amount: money.optional(),
  final_capture: z.boolean().default(false),
  invoice_id: short,
  note_to_payer: z.string().max(255).optional(),
});

export const refundRequest = z.object({
  amount: money.optional(),
  custom_id: short,
  invoice_id: short,
  note_to_payer: z.string().max(255).optional(),
});

export const reauthorizeRequest = z.object({ amount: money.optional() });

export const signatureRequest = z.object({
  auth_algo: z.string(),
  cert_url: z.string(),
  transmission_id: z.string(),
  transmission_sig: z.string(),
  transmission_time: z.string(),
  webhook_id: z.string(),
  webhook_event: z.object({}).loose(),
});

/** Reads a JSON body; an empty one is `{}`. Throws `PayPalRefusal` naming the field that is amiss. */
export function readRequest<S extends z.ZodType>(schema: S, { body }: Call): z.output<S> {
  const sent = jsonOf(body);
  const parsed = schema.safeParse(sent);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = `/${issue?.path.join("/") ?? ""}`;
  const place = { field, location: "body" } as const;
  if (isMissing(sent, issue?.path ?? [])) {
    throw new PayPalRefusal("MISSING_REQUIRED_PARAMETER", place);
  }
  if (issue?.code === "too_big" || issue?.code === "too_small") {
    throw new PayPalRefusal("INVALID_STRING_LENGTH", place);
  }
  if (issue?.code === "invalid_value") throw new PayPalRefusal("INVALID_PARAMETER_VALUE", place);
  throw new PayPalRefusal("INVALID_PARAMETER_SYNTAX", place);
}

function isMissing(sent: unknown, path: readonly PropertyKey[]): boolean {
  let value = sent;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return false;
    value = (value as Record<PropertyKey, unknown>)[name];
  }
  return value === undefined;
}

function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new PayPalRefusal("MALFORMED_REQUEST_JSON", { location: "body" });
  }
}

/** Throws `PayPalRefusal` where PayPal cannot take the amount. */
export function requireMoney(amount: Money, field: string): void {
  const issue = moneyIssue(amount);
  if (issue === null) return;
  throw new PayPalRefusal(issue, { field, value: amount.value, location: "body" });
}
