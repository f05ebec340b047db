import { test } from "vitest";
// What the contract (contract.ts) needs to know of a gateway, and to do at it, beside its adapter.
import type {
  DeclineReason,
  Gateway,
  GatewayAccount,
  LookupRequest,
  Outcome,
  PaymentInput,
  PrepareRequest,
} from "./gateway.ts";

/** A payment of the suite: what every verb about the charge is asked with. */
export type Payment = LookupRequest & PrepareRequest;

export type Delivery = { id: string; type: string; headers: Headers; body: Uint8Array };

/** Money at the gateway under one of our references, in our minor units. */
export type Booked = {
  /** Charges that took or hold money. */
  charges: number;
  capturedMinor: bigint;
  /** What refunds took back or are about to. */
  refundedMinor: bigint;
};

/** What differs between gateways, as data. */
export type Facts = {
  currency: string;
  /** `charge` itself takes the money; false: the shopper does on the gateway's page, and it is asked for. */
  chargeMovesMoney: boolean;
  /** `prepare` and the other verbs go over a network. */
  isRemote: boolean;
  /** What is so after a charge of which nothing arrived: given up for good, or carried on by the look-up. */
  afterLostCharge: "absent" | "carried_on";
  /** A refund repeated with its key is one refund; false: the adapter looks before it sends again. */
  idempotentRefunds: boolean;
  /** The signature of a webhook covers its time. */
  signsTime: boolean;
  /** The headers without each of which a webhook is not believed. */
  signatureHeaders: readonly string[];
  /** Its webhooks' signature covers no body: what they say of a success is a question, never an answer. */
  tellsByHint?: boolean;
  /** The reason that comes of `decline`. */
  declineReason: DeclineReason;
  /** Where the adapter leaves a deadline to its caller: how long the suite waits. */
  patienceMs?: number;
};

/** One gateway and its world, for the contract. `TestStandIn` gives most of it: see stand-in-harness.ts. */
export type Harness = {
  readonly gateway: Gateway;
  readonly facts: Facts;
  start(): Promise<void>;
  stop(): Promise<void>;
  account(): GatewayAccount;
  /** The shopper's part before the charge, which then goes through; what their browser brings. */
  approve(payment: Payment): Promise<PaymentInput>;
  /** The same, in a way that the bank declines. */
  decline(payment: Payment): Promise<PaymentInput>;
  /** What the browser brings where the shopper's turn is still to come. */
  unconfirmed(payment: Payment): Promise<PaymentInput>;
  /** The shopper's turn, after the charge said `action_required`. */
  confirm(payment: Payment, outcome: Extract<Outcome, { kind: "action_required" }>): Promise<void>;
  fault(mode: string, times?: number): Promise<void>;
  clearFaults(): Promise<void>;
  /** Has the gateway's time pass, where what it does takes some. */
  advance(seconds: number): Promise<void>;
  booked(merchantReference: string): Promise<Booked>;
  openDispute(payment: Payment, chargeReference: string): Promise<void>;
  /** The webhooks that wait to be delivered, signed with the account's secret; each is given once. */
  deliveries(): Promise<Delivery[]>;
  /** The gateway sends that event again. */
  redeliver(delivery: Delivery): Promise<Delivery>;
};

type Case = (name: string, run: () => unknown) => unknown;

/** `test` where a gateway can do what is tried, and no case at all where it cannot. */
export function testWhere(applies: boolean): Case {
  return applies ? (name, run) => test(name, async () => void (await run())) : () => undefined;
}
