import { getJson, type ApiResult } from "../http/call-api.ts";

/** How the payment of an order stands, as the server says. */
export type Standing =
  | { kind: "paid" }
  /** The bank has set the money aside; it is taken when the parts ship. */
  | { kind: "authorised" }
  | { kind: "processing"; transactionId: string }
  | { kind: "action"; transactionId: string; gateway: string; url: string | null }
  | { kind: "declined"; code: string | null; message: string | null }
  /** Nothing is under way and nothing was taken. */
  | { kind: "open" }
  | { kind: "signed_out" }
  | { kind: "no_answer" };

type Json = Record<string, unknown>;

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The address of a `next_action`, where it is one to go to. */
export function redirectOf(nextAction: unknown): string | null {
  return isJson(nextAction) && nextAction["type"] === "redirect" ? text(nextAction["url"]) : null;
}

/** One transaction of the API. */
export function standingOf(transaction: Json): Standing {
  const transactionId = text(transaction["transaction_id"]) ?? "";
  switch (transaction["status"]) {
    case "success":
    case "partially_refunded":
    case "refunded":
      return { kind: "paid" };
    case "authorized":
      return { kind: "authorised" };
    case "processing":
      return { kind: "processing", transactionId };
    case "requires_action":
      return {
        kind: "action",
        transactionId,
        gateway: text(transaction["gateway"]) ?? "",
        url: redirectOf(transaction["next_action"]),
      };
    case "failed":
    case "cancelled":
      return {
        kind: "declined",
        code: text(transaction["error_code"]),
        message: text(transaction["error_message"]),
      };
    default:
      return { kind: "open" };
  }
}

function withoutAnswer(result: ApiResult): Standing | null {
  if (result.kind === "no_answer") return { kind: "no_answer" };
  if (result.status === 401) return { kind: "signed_out" };
  return result.status === 200 ? null : { kind: "no_answer" };
}

/** How one transaction stands. Asking makes the server ask the gateway where that is not known. */
export async function askTransaction(transactionId: string): Promise<Standing> {
  const result = await getJson(`/api/payment/transactions/${transactionId}/`);
  const failed = withoutAnswer(result);
  if (failed !== null || result.kind === "no_answer") return failed ?? { kind: "no_answer" };
  return standingOf(result.body);
}

// What decides about an order with several transactions: money taken first, then what is under way.
const precedence: readonly Standing["kind"][] = ["paid", "authorised", "processing", "action"];

/** How an order stands over all its transactions; a decline counts only where it came last. */
export async function askOrder(orderId: number): Promise<Standing> {
  const result = await getJson(`/api/payment/transactions/?order=${orderId}&limit=100`);
  const failed = withoutAnswer(result);
  if (failed !== null || result.kind === "no_answer") return failed ?? { kind: "no_answer" };
  const items = Array.isArray(result.body["items"]) ? result.body["items"] : [];
  const standings = items.filter(isJson).map(standingOf);
  for (const kind of precedence) {
    const found = standings.find((standing) => standing.kind === kind);
    if (found !== undefined) return found;
  }
  return standings[0] ?? { kind: "open" };
}
