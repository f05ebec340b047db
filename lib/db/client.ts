import { PrismaPg } from "@prisma/adapter-pg";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type Prisma, PrismaClient } from "#db-client";
import { PaymentError } from "../domain/errors.ts";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import { processGlobal } from "../process-global.ts";
import { databaseLimits, GuardedClient } from "./connection.ts";

const { lockTimeoutMs, statementTimeoutMs, poolWaitMs, transactionTimeoutMs } = databaseLimits;
// Deadlocks and serialization failures are tried this often in all.
const transactionTries = 4;

type Database = { pool: pg.Pool; prisma: PrismaClient };

/**
 * Whose connections: the shop's own, or those of the dummy gateway, which stands for a service of its
 * own. A crowd that waits for the shop's connections must not look to the shop like a gateway that hangs.
 */
type Owner = "shop" | "dummy-gateway";

const dummyPoolSize = 10;

// The dummy gateway is patient: its callers wait for ten seconds before they call it silent.
const waitMs: Record<Owner, number> = { shop: poolWaitMs, "dummy-gateway": 8_000 };

function database(owner: Owner = "shop"): Database {
  return processGlobal(`database of ${owner}`, () => {
    const pool = new pg.Pool({
      connectionString: getEnv().DATABASE_URL,
      max: owner === "shop" ? getEnv().DATABASE_POOL_SIZE : dummyPoolSize,
      connectionTimeoutMillis: waitMs[owner],
      idleTimeoutMillis: databaseLimits.idleConnectionMs,
      options: `-c lock_timeout=${lockTimeoutMs} -c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=${transactionTimeoutMs} -c timezone=UTC`,
      application_name: "tollbooth",
      keepAlive: true,
      keepAliveInitialDelayMillis: databaseLimits.keepAliveDelayMs,
      Client: GuardedClient,
    });
    // An idle connection that the server closed; the pool makes a new one.
    pool.on("error", (error) => log.warn("database connection lost", { error }));
    return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
  });
}

/** The Prisma client of this process. */
export function db(): PrismaClient {
  return database().prisma;
}

/** The Prisma client of the dummy gateway's own book. */
export function bookDb(): PrismaClient {
  return database("dummy-gateway").prisma;
}

/** What a query function takes: the client, or the transaction it is part of. */
export type Tx = Prisma.TransactionClient;

function errorCodes(error: unknown): string[] {
  const codes: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth += 1) {
    // A raw statement's error has nothing but the `kind` of the driver's.
    const { code, originalCode, kind, meta, cause } = current as Record<string, unknown>;
    for (const value of [code, originalCode, kind])
      if (typeof value === "string") codes.push(value);
    if (typeof meta === "object" && meta !== null) {
      codes.push(...errorCodes((meta as Record<string, unknown>).driverAdapterError));
      const inner = (meta as Record<string, unknown>).code;
      if (typeof inner === "string") codes.push(inner);
    }
    current = cause;
  }
  return codes;
}

// P2034: Prisma's write conflict. 40001, 40P01: PostgreSQL's serialization failure and deadlock.
const retryableCodes = new Set(["P2034", "40001", "40P01"]);

// No connection, or none free in time; locks and statements that ran into their time; a server that
// starts, stops or is full. The request may be repeated and nothing of it was kept.
const unavailableCodes = new Set([
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "55P03",
  "57014",
  "57P01",
  "57P02",
  "57P03",
  "53100",
  "53200",
  "53300",
  "08000",
  "08003",
  "08006",
  "08001",
  "25P03",
  "DatabaseNotReachable",
  "SocketTimeout",
  "ConnectionClosed",
  "TooManyConnections",
]);
const unavailableMessage =
  /timeout exceeded when trying to connect|connection terminated|connection ended|Can't reach database|server closed the connection|Client has encountered a connection error|Unable to start a transaction/i;

/** True for errors that say that the database is away, full or too slow, not that we asked wrongly. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (errorCodes(error).some((code) => unavailableCodes.has(code))) return true;
  return error instanceof Error && unavailableMessage.test(error.message);
}

/** True where a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return errorCodes(error).some((code) => code === "P2002" || code === "23505");
}

/**
 * Runs `work` in one database transaction, READ COMMITTED: rows are locked by name where it matters.
 * Deadlocks are tried again with jitter. Never call a gateway inside.
 */
export function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return runTransaction("shop", work);
}

/** As `inTransaction`, for the dummy gateway's own book. */
export function inBookTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return runTransaction("dummy-gateway", work);
}

async function runTransaction<T>(owner: Owner, work: (tx: Tx) => Promise<T>): Promise<T> {
  const limits = { maxWait: waitMs[owner], timeout: transactionTimeoutMs };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database(owner).prisma.$transaction(work, limits);
    } catch (error) {
      const retryable = errorCodes(error).some((code) => retryableCodes.has(code));
      if (!retryable) throw error;
      if (attempt >= transactionTries) throw databaseUnavailable(error);
      await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** What a caller is told while the database is away. */
export function databaseUnavailable(cause: unknown): PaymentError {
  return new PaymentError(
    "service_unavailable",
    "The service is busy. Nothing was charged by this call. Try again shortly.",
    {
      retryAfterSeconds: 2,
      cause,
    },
  );
}

// Health is asked by machines that give up soon.
const quickAnswerMs = 1_000;

/**
 * The rows of one small statement, or null when the database does not answer within a second: away,
 * hung, or no connection free. A connection that hangs is thrown away.
 */
export async function askQuickly<Row extends pg.QueryResultRow>(
  text: string,
  values: unknown[] = [],
): Promise<Row[] | null> {
  try {
    const config = { text, values, query_timeout: quickAnswerMs };
    const answer = database()
      .pool.query<Row>(config)
      .then(({ rows }) => rows);
    answer.catch(() => undefined);
    return await Promise.race([answer, sleep(quickAnswerMs, null, { ref: false })]);
  } catch {
    return null;
  }
}

/** True when the database answers within a second. */
export async function databaseAnswers(): Promise<boolean> {
  return (await askQuickly("SELECT 1")) !== null;
}

/**
 * Runs `work` on a connection of its own, outside the pool and its short timeouts: for the checks that
 * read whole tables. No payment waits for it.
 */
export async function withOwnConnection<T>(
  ownStatementTimeoutMs: number,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: getEnv().DATABASE_URL,
    connectionTimeoutMillis: poolWaitMs,
    options: `-c statement_timeout=${ownStatementTimeoutMs} -c lock_timeout=${lockTimeoutMs} -c timezone=UTC`,
    application_name: "tollbooth-checks",
    keepAlive: true,
    // A server that is cut off does not even say that the statement took too long.
    query_timeout: ownStatementTimeoutMs + databaseLimits.answerGraceMs,
  });
  // The statement that is running rejects as well; without a listener the process would end.
  client.on("error", (error) => log.warn("database connection lost", { error }));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Closes every connection; for a graceful stop. */
export async function closeDatabase(): Promise<void> {
  for (const owner of ["shop", "dummy-gateway"] as const) {
    await database(owner).prisma.$disconnect();
    await database(owner).pool.end();
  }
}
