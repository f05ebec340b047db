/**
 * Prisma's own schema engine, loaded from its WebAssembly package instead of the binary that
 * `prisma migrate` would download. It reads and writes ordinary Prisma migration folders.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { SchemaEngine, SchemasContainer } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { schemaEngineAdapter } from "./schema-engine-adapter.ts";

let initialised: Promise<void> | undefined;

/** Instantiates the engine's WebAssembly once a process; about 50 ms. */
function initialise(): Promise<void> {
  initialised ??= (async () => {
    // Where the engine, should it panic, leaves its last words.
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } });
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

/** Tables that the migrations make for triggers and no code reads: schema.prisma leaves them out. */
export const schemaFilter = { externalTables: ["public.status_moves"], externalEnums: [] };

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
  const { adapter, close } = schemaEngineAdapter(databaseUrl);
  const datamodels = schema?.files.map((file): [string, string] => [file.path, file.content]);
  const engine = await engineModule.SchemaEngine.new({ datamodels }, () => undefined, adapter);
  try {
    return await work(engine);
  } catch (error) {
    throw new Error(readableEngineError(error), { cause: error });
  } finally {
    engine.free();
    await close();
  }
}

function readableEngineError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);

  return text.replaceAll(/\u001b\[[0-9;]*m/g, "").trim();
}
