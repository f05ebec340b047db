/** What all stand-ins share: the database, the clock, the faults that wait, and transactions on a book. */
import pg from "pg";
import { getEnv } from "#lib/env";
import type { RemoteGateway } from "#lib/gateways/endpoints";
import { Book } from "./book.ts";
import { credentialsOf } from "./credentials.ts";
import type { Context, StandIn } from "./stand-in.ts";
import { makeTables } from "./tables.ts";

/** Nothing answers, the questions neither, until it is taken away. */
export const outage = "outage";

export type Fault = { mode: string; delayMs: number };

export class World {
  readonly pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.pool = pool;
  }

  static async open(): Promise<World> {
    const pool = new pg.Pool({ connectionString: getEnv().DATABASE_URL, max: 30 });
    // A connection that the server closes while nobody uses it; the pool makes another.
    pool.on("error", () => undefined);
    // The same for one that is in use: its statements fail, and say so to whoever waits for them.
    pool.on("connect", (client) => client.on("error", () => undefined));
    await makeTables(pool);
    return new World(pool);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  async now(): Promise<Date> {
    const { rows } = await this.pool.query<{ now: Date }>(
      "SELECT now() + offset_s * interval '1 second' AS now FROM sandbox.clock",
    );
    return rows[0]?.now ?? new Date();
  }

  /** Moves the gateways' clock ahead; returns by how much it is ahead in all. */
  async advance(seconds: number): Promise<number> {
    const { rows } = await this.pool.query<{ offset_s: string }>(
      "UPDATE sandbox.clock SET offset_s = offset_s + $1 RETURNING offset_s",
      [seconds],
    );
    return Number(rows[0]?.offset_s ?? 0);
  }

  /**
   * Runs `work` on a stand-in's book in one transaction, one at a time for each gateway: what a service
   * does with rows of its own is not what is tried here, but that it does one thing after the other.
   */
  async onBook<T>(
    standIn: StandIn,
    baseUrl: string,
    work: (context: Context) => Promise<T>,
    lateMs: number | null = null,
  ): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [
        `sandbox ${standIn.gateway}`,
      ]);
      const { rows } = await client.query<{ now: Date }>(
        "SELECT clock_timestamp() + offset_s * interval '1 second' AS now FROM sandbox.clock",
      );
      const now = rows[0]?.now ?? new Date();
      const result = await work({
        book: new Book(client, standIn, now),
        now,
        baseUrl,
        credentials: credentialsOf(standIn.gateway),
        lateMs,
        emit: async ({ id, type, payload }) => {
          await client.query(
            `INSERT INTO sandbox.events (gateway, id, type, payload) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING`,
            [standIn.gateway, id, type, JSON.stringify(payload)],
          );
        },
      });
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async addFault(
    gateway: RemoteGateway,
    mode: string,
    times: number,
    delayMs: number,
  ): Promise<void> {
    await this.pool.query(
      "INSERT INTO sandbox.faults (gateway, mode, remaining, delay_ms) VALUES ($1, $2, $3, $4)",
      [gateway, mode, times, delayMs],
    );
  }

  async clearFaults(gateway: RemoteGateway): Promise<void> {
    await this.pool.query("DELETE FROM sandbox.faults WHERE gateway = $1", [gateway]);
  }

  /** The oldest fault of these modes that waits, used once; an outage stays until it is taken away. */
  async takeFault(gateway: RemoteGateway, modes: readonly string[]): Promise<Fault | null> {
    const { rows } = await this.pool.query<{ mode: string; delay_ms: number }>(
      `WITH next AS (
         SELECT id FROM sandbox.faults
         WHERE gateway = $1 AND mode = ANY($2) AND remaining > 0
         ORDER BY mode <> 'outage', id LIMIT 1 FOR UPDATE)
       UPDATE sandbox.faults f SET remaining = CASE WHEN f.mode = 'outage' THEN remaining ELSE remaining - 1 END
       FROM next WHERE f.id = next.id RETURNING f.mode, f.delay_ms`,
      [gateway, modes],
    );
    return rows[0] ? { mode: rows[0].mode, delayMs: rows[0].delay_ms } : null;
  }
}
