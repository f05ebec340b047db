/** A gateway as the suite sees it from behind: what it is made to do wrong, and what its own book says. */
import type pg from "pg";
import type { GatewayName } from "#lib/domain/payment";
import type { Sandbox } from "./sandbox.ts";

export type GatewayFault = { mode: string; times: number; delayMs?: number };

/** What a gateway's own book has of one payment: charges that took money, refunds that gave it back. */
export type BookTruth = {
  charges: { reference: string; capturedMinor: bigint; refundedMinor: bigint }[];
  givenBack: { merchantReference: string; amountMinor: bigint }[];
};

/**
 * How a shopper pays. `server`: with the call of `process`. `page`: at the gateway, and then `process` is
 * called. `told`: `process` is called first and says that it is the shopper's turn, then as `page`.
 */
export type PayWay = "server" | "page" | "told";

export type Act = { act: string; transaction?: string; amount?: string; card?: string };

export type Query = <Row extends pg.QueryResultRow>(
  text: string,
  values?: unknown[],
) => Promise<Row[]>;

export interface GatewaySide {
  readonly gateway: GatewayName;
  /** ISO 4217, with two decimals. */
  readonly currency: string;
  readonly ways: readonly PayWay[];
  /** Whether the shop makes a call that takes the money; else the shopper's own visit takes it. */
  readonly isCharged: boolean;
  /** Whether it holds money for a capture later. */
  readonly canHold: boolean;
  /** Makes that go wrong with its next calls that move money, or with its next webhooks. */
  arrange(fault: GatewayFault): Promise<void>;
  clear(): Promise<void>;
  /** Calls since the last fault was arranged that have come, met that fault and are not answered. */
  openCalls(mode: string): Promise<number>;
  /** How many calls since then have met that fault. */
  met(mode: string): Promise<number>;
  /** How many of the faults that were arranged wait still. */
  faultsLeft(): Promise<number>;
  /** How often it was asked to charge. */
  chargeCalls(transactionId: string): Promise<number>;
  /** How many refunds of the payment it has in its book, those under way too. */
  refundsInBook(transactionId: string): Promise<number>;
  truth(transactionId: string): Promise<BookTruth>;
  /** Something that happens on its side; the status that its control port gave and what it said. */
  act(act: Act): ReturnType<Sandbox["act"]>;
  /** What it has to tell and was not heard with, in words; it is told as soon as may be. */
  untold(): Promise<string[]>;
}

export type BookRow = { charges: string[][]; refunds: string[][] };

export function truthFrom(row: BookRow | undefined): BookTruth {
  return {
    charges: (row?.charges ?? []).map(([reference = "", captured = "0", refunded = "0"]) => ({
      reference,
      capturedMinor: BigInt(captured),
      refundedMinor: BigInt(refunded),
    })),
    givenBack: (row?.refunds ?? []).map(([merchantReference = "", amount = "0"]) => ({
      merchantReference,
      amountMinor: BigInt(amount),
    })),
  };
}
