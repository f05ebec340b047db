/**
 * The driver adapter the schema engine works through. PrismaPg alone does not serve it: it splits a
 * script at every semicolon, which breaks functions; its shadow database is the main one when it was
 * given a URL; and it does not know PostgreSQL's internal type "char", which the catalogue uses.
 */
import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  ColumnTypeEnum,
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlDriverAdapter,
} from "@prisma/driver-adapter-utils";
import pg from "pg";

const internalChar = 18;
const text = 25;

/**
 * What `SchemaEngine.new` takes, for the database at `databaseUrl`; and how to close its connections,
 * which the engine leaves open.
 */
export function schemaEngineAdapter(databaseUrl: string): {
  adapter: object;
  close: () => Promise<void>;
} {
  const pools: pg.Pool[] = [];
  const connect = async (url: string): Promise<SqlDriverAdapter> => {
    const pool = new CataloguePool({ connectionString: url, max: 2 });
    pools.push(pool);
    return forTheEngine(pool, await new PrismaPg(pool).connect());
  };
  const adapter = bindMigrationAwareSqlAdapterFactory({
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connect(databaseUrl),
    connectToShadowDb: async () => {
      const name = `shadow_${randomUUID()}`;
      await runScript(databaseUrl, `create database "${name}"`);
      const url = new URL(databaseUrl);
      url.pathname = `/${name}`;
      const shadow = await connect(url.href);
      const dispose = (): Promise<void> =>
        runScript(databaseUrl, `drop database "${name}" with (force)`);
      return { ...shadow, dispose };
    },
  });
  const close = async (): Promise<void> => {
    await Promise.all(pools.map((pool) => pool.end()));
  };
  return { adapter, close };
}

function forTheEngine(pool: CataloguePool, adapter: SqlDriverAdapter): SqlDriverAdapter {
  // The connections of a database that is dropped under them say so; nobody waits for an answer then.
  pool.on("error", () => undefined);
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: async (query) => {
      const result = await adapter.queryRaw(query);
      const characters = pool.charColumns.get(query.sql);
      const columnTypes = result.columnTypes.map((type, index) =>
        characters?.has(index) ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    },
    executeRaw: (query) => adapter.executeRaw(query),
    startTransaction: (level) => adapter.startTransaction(level),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: true },
    executeScript: async (script) => {
      // One simple query: PostgreSQL runs it as one transaction, all of it or nothing.
      await pool.query(script).catch((error: unknown) => {
        throw databaseError(error);
      });
    },
    dispose: () => adapter.dispose(),
  };
}

/**
 * A pool whose answers name "char" columns as text, which PrismaPg can read, and which remembers
 * where they were, because the engine insists on single characters there.
 */
class CataloguePool extends pg.Pool {
  /** By the text of a query, which decides its columns. */
  readonly charColumns = new Map<string, Set<number>>();

  constructor(config: pg.PoolConfig) {
    super(config);
    const query: (...args: unknown[]) => Promise<pg.QueryResult> = super.query.bind(this);
    const renamed = async (...args: unknown[]): Promise<pg.QueryResult> => {
      const result = await query(...args);
      const sql = typeof args[0] === "object" ? (args[0] as pg.QueryConfig).text : undefined;
      if (sql !== undefined) this.charColumns.set(sql, renameCharColumns(result.fields));
      return result;
    };
    Object.defineProperty(this, "query", { value: renamed });
  }
}

function renameCharColumns(fields: pg.FieldDef[]): Set<number> {
  const found = new Set<number>();
  for (const [index, field] of fields.entries()) {
    if (field.dataTypeID !== internalChar) continue;
    field.dataTypeID = text;
    found.add(index);
  }
  return found;
}

async function runScript(databaseUrl: string, script: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(script);
  } finally {
    await client.end();
  }
}

/** The engine reads PostgreSQL's own words only from this kind of error. */
function databaseError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return new DriverAdapterError({
    kind: "postgres",
    code: error.code ?? "XX000",
    severity: error.severity ?? "ERROR",
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}
