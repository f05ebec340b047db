/**
 * What a gateway's stand-in is made of. Each speaks its service's wire format on a port of its own and
 * keeps its own book; what all of them have in common (faults, repetitions, webhooks, the clock, the
 * control calls) is done around it by stand-in-server.ts and deliverer.ts.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { RemoteGateway } from "#lib/gateways/endpoints";
import type { Book, LedgerRow } from "./book.ts";

/** One request as it came. `path` is decoded and has no query; `params` are the parts named in the route. */
export type Call = {
  method: string;
  path: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
};

/** What is answered. An object body goes out as JSON; a string as it is, with `contentType`. */
export type Reply = {
  status: number;
  body: unknown;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
};

/** What a handler has: the book inside one database transaction, the gateway's clock, its webhooks. */
export type Context = {
  book: Book;
  /** The gateway's clock, which tests move. */
  now: Date;
  /** Where this stand-in listens, without a slash at the end. */
  baseUrl: string;
  credentials: Credentials;
  /** How long what is asked for stays undecided at the gateway (fault `late_success`); null: not at all. */
  lateMs: number | null;
  /** Sends a webhook, after the transaction has committed. `payload` is its body. */
  emit: (event: { id: string; type: string; payload: Record<string, unknown> }) => Promise<void>;
};

export type Credentials = {
  merchantId: string;
  publicKey: string;
  secretKey: string;
  webhookSecret: string;
};

export type Route = {
  handle: (context: Context, call: Call) => Promise<Reply> | Reply;
  /** The faults that are waiting meet such a call; what moves money, or makes what money will move by. */
  movesMoney?: boolean;
  /** Pages, scripts and what the browser calls: no secret key is asked for, and it is no call of a merchant. */
  isPublic?: boolean;
};

/** How a repeated idempotency key is answered. */
export type Repetition = {
  status: number;
  body: unknown;
  headers: Readonly<Record<string, string>>;
};

export type Sabotage =
  "500" | "429" | "in_progress" | "key_reused" | "not_found" | "unauthorized" | "internal";

export interface StandIn {
  readonly gateway: RemoteGateway;
  /** By method and path, `POST /v1/payment_intents/:id/confirm`. The first that fits is taken. */
  readonly routes: Readonly<Record<string, Route>>;
  /** True where the call carries the secret that it needs. */
  isAuthorized(call: Call, context: Context): Promise<boolean> | boolean;
  /** The call's idempotency key where the service has one for it, or null. */
  idempotencyKey(call: Call): string | null;
  /** How a call under a known key and the same body is answered: as stored, or with the state of now. */
  repeat(context: Context, call: Call, stored: Repetition): Promise<Reply> | Reply;
  /** The service's own words for what stands around a call. */
  failure(kind: Sabotage): Reply;
  /** A success with another amount in it (fault `wrong_amount`). */
  wrongAmount(reply: Reply): Reply;
  /** What the book's row of an object is for checks; null: it is no charge, refund or dispute. */
  ledgerOf(kind: string, data: Readonly<Record<string, unknown>>): LedgerRow | null;
  /** An object's time (`dueAt` of the book) has come by the gateway's clock. */
  due(context: Context, kind: string, id: string): Promise<void>;
  /** What happens on the gateway's side: at least `pay`, `fail_payment`, `refund`, `fail_refund`, `open_dispute`, `win_dispute`, `lose_dispute`. */
  readonly acts: Readonly<
    Record<string, (context: Context, act: Act) => Promise<Record<string, unknown>>>
  >;
  /** Body and headers of one delivery of an event. `secret` is another's where it is to be a forgery. */
  sign(
    payload: Record<string, unknown>,
    secret: string,
    context: { now: Date; baseUrl: string; eventId: string },
  ): { body: string; headers: Readonly<Record<string, string>> };
  /** The same event about another amount (fault `forge`). */
  forge(payload: Record<string, unknown>): Record<string, unknown>;
}

/** What is to happen at a gateway, as the control call says it. Amounts are decimal strings. */
export type Act = {
  act: string;
  /** The shop's `TXN-…`. */
  transaction?: string | undefined;
  /** The gateway's own id of a charge, refund or dispute. */
  charge?: string | undefined;
  refund?: string | undefined;
  dispute?: string | undefined;
  amount?: string | undefined;
  reason?: string | undefined;
  /** With `pay`: the card or account that is used. */
  card?: string | undefined;
};

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return { status, body, headers };
}

/** An answer as a page. */
export function html(status: number, body: string): Reply {
  return { status, body, contentType: "text/html; charset=utf-8" };
}

/** An answer as a script. */
export function script(body: string): Reply {
  return { status: 200, body, contentType: "text/javascript; charset=utf-8" };
}
