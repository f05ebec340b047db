/** The gateways' stand-ins inside a test's own process, where the adapters look for them. */
import { endpointsOf, type RemoteGateway } from "#lib/gateways/endpoints";
import type { GatewayAccount } from "#lib/gateways/gateway";
import { credentialsOf } from "./credentials.ts";
import type { Act, StandIn } from "./stand-in.ts";
import { StandInServer } from "./stand-in-server.ts";
import { World, type Fault } from "./world.ts";

/** One delivery of a webhook, signed. */
export type Delivery = { id: string; type: string; headers: Headers; body: Uint8Array };

export class TestStandIn {
  readonly server: StandInServer;
  readonly world: World;

  private constructor(world: World, server: StandInServer) {
    this.world = world;
    this.server = server;
  }

  /** Starts a stand-in on the port that `endpointsOf` gives for it, on the test's own database. */
  static async start(standIn: StandIn): Promise<TestStandIn> {
    const world = await World.open();
    const server = new StandInServer(world, standIn);
    await server.listen(Number(new URL(endpointsOf(standIn.gateway, "test").api).port));
    return new TestStandIn(world, server);
  }

  async stop(): Promise<void> {
    this.server.close();
    await this.world.close();
  }

  get gateway(): RemoteGateway {
    return this.server.standIn.gateway;
  }

  /** The account that the shop has there. */
  account(configurationId = 1): GatewayAccount {
    const { merchantId, publicKey, secretKey, webhookSecret } = credentialsOf(this.gateway);
    return {
      configurationId,
      mode: "test",
      apiUrl: this.server.baseUrl,
      merchantId,
      publicKey,
      secretKey,
      webhookSecrets: [webhookSecret],
    };
  }

  act(act: Act): Promise<Record<string, unknown>> {
    const carryOut = this.server.standIn.acts[act.act];
    if (!carryOut) throw new Error(`${this.gateway} has no act ${act.act}`);
    return this.server.onBook((context) => carryOut(context, act));
  }

  fault(
    mode: string,
    { times = 1, delayMs = 0 }: Partial<Fault> & { times?: number } = {},
  ): Promise<void> {
    return this.world.addFault(this.gateway, mode, times, delayMs);
  }

  async advance(seconds: number): Promise<void> {
    await this.world.advance(seconds);
    await this.server.endDue();
  }

  /** Calls that were received, oldest first. */
  async calls(): Promise<
    { method: string; path: string; idempotency_key: string | null; moves_money: boolean }[]
  > {
    const { rows } = await this.world.pool.query(
      "SELECT method, path, idempotency_key, moves_money FROM sandbox.calls WHERE gateway = $1 ORDER BY id",
      [this.gateway],
    );
    return rows;
  }

  /** The webhooks that wait to be delivered, oldest first, signed; they wait no longer. */
  async deliveries(): Promise<Delivery[]> {
    const { rows } = await this.world.pool.query<{
      id: string;
      type: string;
      payload: Record<string, unknown>;
      seq: string;
    }>(
      `UPDATE sandbox.events SET next_attempt_at = NULL, delivered_at = now()
       WHERE gateway = $1 AND next_attempt_at IS NOT NULL RETURNING id, type, payload, seq`,
      [this.gateway],
    );
    const { webhookSecret } = credentialsOf(this.gateway);
    const { standIn, baseUrl } = this.server;
    // What an UPDATE returns has no order of its own.
    const inOrder = rows.toSorted((one, other) => Number(one.seq) - Number(other.seq));
    return inOrder.map(({ id, type, payload }) => {
      const signed = standIn.sign(payload, webhookSecret, {
        now: new Date(),
        baseUrl,
        eventId: id,
      });
      return {
        id,
        type,
        headers: new Headers(signed.headers),
        body: new TextEncoder().encode(signed.body),
      };
    });
  }
}
