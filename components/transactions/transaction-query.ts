import {
  gatewayNames,
  transactionStatuses,
  type GatewayName,
  type TransactionStatus,
} from "#lib/domain/payment";

export type RawQuery = Record<string, string | string[] | undefined>;

/** The filters of a list of transactions, as its address holds them. */
export type TransactionQuery = {
  status: TransactionStatus | undefined;
  gateway: GatewayName | undefined;
  order: string | undefined;
  search: string | undefined;
  attention: "failed_refund" | "excess_capture" | undefined;
  cursor: string | undefined;
};

// Longer than anything that can be searched for.
const maxLength = 200;

// The database cannot hold a NUL, and no filter needs any control character.
const controlPattern = /\p{Cc}/gu;

function one(raw: RawQuery, name: string): string | undefined {
  const value = raw[name];
  const text = (Array.isArray(value) ? value[0] : value)
    ?.replace(controlPattern, "")
    .trim()
    .slice(0, maxLength);
  return text === "" ? undefined : text;
}

function oneOf<T extends string>(values: readonly T[], text: string | undefined): T | undefined {
  return values.find((value) => value === text);
}

/** Reads the filters. What is not known is left out rather than refused: an address may be old. */
export function readTransactionQuery(raw: RawQuery): TransactionQuery {
  return {
    status: oneOf(transactionStatuses, one(raw, "status")),
    gateway: oneOf(gatewayNames, one(raw, "gateway")),
    order: one(raw, "order")?.toUpperCase(),
    search: one(raw, "search"),
    attention: oneOf(["failed_refund", "excess_capture"] as const, one(raw, "attention")),
    cursor: one(raw, "cursor"),
  };
}

/** True where the list shows less than everything. */
export function isFiltered({
  status,
  gateway,
  order,
  search,
  attention,
}: TransactionQuery): boolean {
  return [status, gateway, order, search, attention].some((value) => value !== undefined);
}
