/** The processes of a fault run: servers, PostgreSQL, the sandbox, and what is done to them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayName } from "#lib/domain/payment";
import type { ApiClient } from "./api-client.ts";
import { claim } from "./claims.ts";
import type { DatabaseProxy } from "./database-proxy.ts";
import type { FaultDatabase, StopMode } from "./fault-database.ts";
import type { FaultServer } from "./fault-server.ts";
import type { GatewaySide } from "./gateway-side.ts";
import type { MessageReceiver } from "./message-receiver.ts";
import type { Sandbox } from "./sandbox.ts";
import type { WebhookCourier } from "./webhook-courier.ts";

export const admin = "admin@example.com";
export const shopper = "shopper@example.com";

export type Parts = {
  database: FaultDatabase;
  /** Between the servers and PostgreSQL; what breaks. */
  proxy: DatabaseProxy;
  /** Between the sandbox and PostgreSQL, which never breaks: gateways have databases of their own. */
  sandboxProxy: DatabaseProxy;
  server: FaultServer;
  /** Another server process on the same database, started by the scenarios that want two. */
  second: FaultServer;
  api: ApiClient;
  /** The second server's. */
  otherApi: ApiClient;
  receiver: MessageReceiver;
  courier: WebhookCourier;
  sandbox: Sandbox;
  /** Every gateway that the shop has an account at, the dummy first. */
  sides: readonly GatewaySide[];
};

export class Machinery {
  readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  sideAt(gateway: GatewayName): GatewaySide {
    const side = this.parts.sides.find((one) => one.gateway === gateway);
    if (!side) throw new Error(`the shop has no account at ${gateway}`);
    return side;
  }

  get gateways(): GatewayName[] {
    return this.parts.sides.map(({ gateway }) => gateway);
  }

  get database(): FaultDatabase {
    return this.parts.database;
  }
  get proxy(): DatabaseProxy {
    return this.parts.proxy;
  }
  get server(): FaultServer {
    return this.parts.server;
  }
  get second(): FaultServer {
    return this.parts.second;
  }
  get api(): ApiClient {
    return this.parts.api;
  }
  get otherApi(): ApiClient {
    return this.parts.otherApi;
  }
  get receiver(): MessageReceiver {
    return this.parts.receiver;
  }
  get courier(): WebhookCourier {
    return this.parts.courier;
  }

  /** How many statements of the server wait for a lock. */
  async waiters(): Promise<number> {
    const [row] = await this.database.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND application_name = 'tollbooth'`,
    );
    return row?.n ?? 0;
  }

  /** Ends the sessions that a dead server left waiting, so that what they wait to do is never done. */
  async endWaiters(): Promise<void> {
    await this.database.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND application_name = 'tollbooth'`,
    );
  }

  async count(text: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.database.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${text}`,
      values,
    );
    return row?.n ?? 0;
  }

  async killAndRestart(whileDown: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.server.kill();
    await whileDown();
    await this.server.start();
  }

  async restartDatabase(mode: StopMode): Promise<void> {
    await this.database.restart(mode);
    for (const proxy of [this.proxy, this.parts.sandboxProxy]) proxy.pointTo(this.database.port);
  }

  /** Milliseconds until the server answers reads again, `inARow` of them. */
  async healed(inARow = 10): Promise<number> {
    const startedAt = performance.now();
    for (let good = 0; good < inARow;) {
      const reply = await this.api.call(shopper, "/api/payment/transactions/?limit=1");
      good = reply.status === 200 ? good + 1 : 0;
      claim(performance.now() - startedAt < 40_000, "the server did not heal within 40 s");
      if (reply.status !== 200) await sleep(100);
    }
    return Math.round(performance.now() - startedAt);
  }
}
