import pg from "pg";
import { getRequestMeter } from "../observability/request-context.ts";

/** Every limit of a statement, with its reason. They add up: a caller hears of trouble within ten seconds. */
export const databaseLimits = {
  // A row that is held for longer than this helps nobody: the shopper sees 503 and repeats.
  lockTimeoutMs: 4_000,
  // The longest wait for a row and then the work; no statement of the payment path takes a second.
  statementTimeoutMs: 5_000,
  // PostgreSQL itself ends a statement a second before: whoever has heard nothing by then is not connected any
  // more, whatever the network says (a firewall that forgot the connection, a host that vanished).
  answerTimeoutMs: 6_000,
  // The same for the checks, whose statements have limits of their own.
  answerGraceMs: 2_000,
  // How long a request waits for a free connection, or a new one, before it is told to come again.
  poolWaitMs: 4_000,
  // How long one interactive transaction may take in all; no network call is ever made inside one.
  transactionTimeoutMs: 10_000,
  // A connection that nobody needed for so long is closed.
  idleConnectionMs: 30_000,
  // Idle connections show themselves to firewalls that would forget them.
  keepAliveDelayMs: 10_000,
} as const;

const open = new Set<GuardedClient>();

/**
 * A connection that counts and times each statement, for `Server-Timing`, and that ends itself when the
 * server falls silent. One that falls silent takes along whoever was not heard of since: in a network
 * that lost one connection each of the others would cost a request its whole patience.
 */
export class GuardedClient extends pg.Client {
  #heardAt = performance.now();

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.once("connect", () => {
      this.#heardAt = performance.now();
      open.add(this);
    });
    this.once("end", () => open.delete(this));
  }

  // The signatures of `query` are many; they are passed through as they come.
  override query = ((...parameters: unknown[]): unknown => {
    const meter = getRequestMeter();
    const startedAt = performance.now();
    meter.queries += 1;
    const silence = setTimeout(() => abandon(this, startedAt), databaseLimits.answerTimeoutMs);
    const stop = (): void => {
      clearTimeout(silence);
      this.#heardAt = performance.now();
      meter.durationMs += this.#heardAt - startedAt;
    };
    // The pool passes a callback, everybody else awaits the promise.
    const callback = parameters.at(-1);
    if (typeof callback === "function") {
      parameters[parameters.length - 1] = (...results: unknown[]): unknown => {
        stop();
        return Reflect.apply(callback, undefined, results);
      };
    }
    const result: unknown = Reflect.apply(pg.Client.prototype.query, this, parameters);
    if (result instanceof Promise) result.then(stop, stop);
    return result;
  }) as typeof pg.Client.prototype.query;

  wasHeardSince(time: number): boolean {
    return this.#heardAt >= time;
  }

  /** Closes the connection without a word to the server, who would not hear it. */
  cutOff(): void {
    open.delete(this);
    // The types leave it out; it is where pg keeps the socket.
    const { stream } = (this as unknown as { connection: { stream: { destroy(): void } } })
      .connection;
    stream.destroy();
  }
}

function abandon(silent: GuardedClient, askedAt: number): void {
  silent.cutOff();
  for (const client of open) if (!client.wasHeardSince(askedAt)) client.cutOff();
}
