/** A PostgreSQL of the fault suite's own, that keeps what it committed and can be restarted. */
import { rm } from "node:fs/promises";
import pg from "pg";
import { startEmbedded, temporaryFolder, type RunningDatabase } from "../database.ts";

export type StopMode = "fast" | "immediate";

export class FaultDatabase {
  readonly #folder: string;
  #running: RunningDatabase;
  #pool: pg.Pool;
  #restarting: Promise<void> | undefined;

  private constructor(folder: string, running: RunningDatabase) {
    this.#folder = folder;
    this.#running = running;
    this.#pool = poolOf(running.url);
  }

  static async start(): Promise<FaultDatabase> {
    const folder = await temporaryFolder();
    return new FaultDatabase(folder, await startIn(folder));
  }

  get url(): string {
    return this.#running.url;
  }

  get port(): number {
    return Number(new URL(this.#running.url).port);
  }

  /** Rows of one statement, past the proxy. Waits for a restart that is under way, and asks again after it. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    for (;;) {
      await this.#restarting;
      const pool = this.#pool;
      try {
        return (await pool.query<Row>(text, values)).rows;
      } catch (error) {
        if (pool === this.#pool && this.#restarting === undefined) throw error;
      }
    }
  }

  /**
   * Locks what a statement locks until the release is called, or for as long as the connection lives.
   * Nobody else may be waiting for what it takes: it would wait too.
   */
  async hold(text: string, values: unknown[]): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: this.url });
    client.on("error", () => undefined);
    await client.connect();
    await client.query("BEGIN");
    const { rowCount } = await client.query(text, values);
    if (rowCount === 0) throw new Error(`nothing to hold: ${text}`);
    return async () => {
      await client.query("ROLLBACK").catch(() => undefined);
      await client.end().catch(() => undefined);
    };
  }

  /** fast: sessions are told and ended. immediate: as if the machine had lost its power. */
  async restart(mode: StopMode): Promise<void> {
    const [row] = await this.rows<{ file: string }>(
      "SELECT pg_read_file('postmaster.pid') AS file",
    );
    this.#restarting = this.#restart(mode, Number(row?.file.split("\n")[0]));
    try {
      await this.#restarting;
    } finally {
      this.#restarting = undefined;
    }
  }

  async #restart(mode: StopMode, processId: number): Promise<void> {
    // Whoever asks something now has it fail, and asks again.
    void this.#pool.end();
    if (mode === "immediate") {
      process.kill(processId, "SIGQUIT");
      await this.#running.exited;
    }
    await this.#running.stop();
    this.#running = await startIn(this.#folder);
    this.#pool = poolOf(this.#running.url);
  }

  async stop(): Promise<void> {
    await this.#pool.end().catch(() => undefined);
    await this.#running.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Durable: what was committed before a restart must be there after it. */
function startIn(folder: string): Promise<RunningDatabase> {
  return startEmbedded(folder, { durable: true, maxConnections: 200, removeAfterwards: folder });
}

function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  pool.on("error", () => undefined);
  return pool;
}
