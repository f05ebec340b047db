/**
 * Prisma's own schema engine, loaded from its WebAssembly package instead of the binary that
 * `prisma migrate` would download. It reads and writes ordinary Prisma migration folders.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { SchemaEngine, SchemasContainer } from "@prisma/schema-engine-wasm/schema_engine_bg";

let initialised: Promise<void> | undefined;

/** Instantiates the engine's WebAssembly once a process; about 50 ms. */
function initialise(): Promise<void> {
  initialised ??= (async () => {
    const wasmPath = createRequire(import.meta.url)
      .resolve("@prisma/schema-engine-wasm")
      .replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
    const module = await WebAssembly.compile(await readFile(wasmPath));
    const instance = await WebAssembly.instantiate(module, {
      "./schema_engine_bg.js": { ...engineModule },
    });
    engineModule.__wbg_set_wasm(instance.exports);
    const start = instance.exports["__wbindgen_start"];
    if (typeof start !== "function") throw new Error("The schema engine has no start function.");
    start();
  })();
  return initialised;
}

/** Everything that is not a table of ours is left out of no comparison: no external tables. */
export const schemaFilter = { externalTables: [], externalEnums: [] };

/**
 * The adapter with migrations sent whole. Its own `executeScript` cuts a script at every semicolon,
 * those inside function bodies and comments too; PostgreSQL's simple protocol needs no cutting and makes
 * one transaction of the script.
 */
class WholeScriptAdapterFactory extends PrismaPg {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect() {
    const adapter = await super.connect();
    return Object.assign(adapter, {
      executeScript: async (script: string): Promise<void> => {
        await this.#pool.query(script);
      },
    });
  }
}

/**
 * Runs `work` with a schema engine on the database at `databaseUrl`. `schema` is needed only by
 * work that compares against the data model. Engine errors are thrown with their readable text.
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  schema: SchemasContainer | undefined,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await initialise();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScriptAdapterFactory(pool));
  const datamodels = schema?.files.map((file): [string, string] => [file.path, file.content]);
  const engine = await engineModule.SchemaEngine.new({ datamodels }, () => undefined, adapter);
  try {
    return await work(engine);
  } catch (error) {
    throw new Error(readableEngineError(error), { cause: error });
  } finally {
    engine.free();
    await pool.end();
  }
}

function readableEngineError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // eslint-disable-next-line no-control-regex -- the engine colours its messages for a terminal
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "").trim();
}
