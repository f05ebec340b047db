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
  cursor: string | undefined;
};

// Longer than anything that can be searched for.
const maxLength = 200;

// The database cannot hold a NUL, and no filter needs any control character.
const controlPattern = /\p{Cc}/gu;

/** One value of an address, trimmed; undefined where it is empty. */
export function readOne(raw: RawQuery, name: string): string | undefined {
  const value = raw[name];
  const text = (Array.isArray(value) ? value[0] : value)
    ?.replace(controlPattern, "")
    .trim()
    .slice(0, maxLength);
  return text === "" ? undefined : text;
}

export function readOneOf<T extends string>(
  values: readonly T[],
  text: string | undefined,
): T | undefined {
  return values.find((value) => value === text);
}

/** Reads the filters. What is not known is left out rather than refused: an address may be old. */
export function readTransactionQuery(raw: RawQuery): TransactionQuery {
  return {
    status: readOneOf(transactionStatuses, readOne(raw, "status")),
    gateway: readOneOf(gatewayNames, readOne(raw, "gateway")),
    order: readOne(raw, "order")?.toUpperCase(),
    search: readOne(raw, "search"),
    cursor: readOne(raw, "cursor"),
  };
}

/** True where the list shows less than everything. */
export function isFiltered({ status, gateway, order, search }: TransactionQuery): boolean {
  return [status, gateway, order, search].some((value) => value !== undefined);
}
