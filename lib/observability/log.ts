import { pino, type Logger } from "pino";
import { maskCardNumbers } from "../domain/card.ts";
import { getEnv } from "../env.ts";
import { processGlobal } from "../process-global.ts";
import { currentRequestId } from "./request-context.ts";

/**
 * The only fields a log line may have. What is not named here is not written: bodies, headers and
 * gateway payloads cannot reach the log by being passed along.
 */
export type LogFields = Partial<{
  requestId: string;
  method: string;
  path: string;
  status: number;
  durationMs: number;
  queries: number;
  code: string;
  userId: number;
  transactionId: string;
  refundId: string;
  operationId: string;
  gateway: string;
  /** A gateway's own id of what it told us. */
  eventId: string;
  /** What another system was told, and the id it was told under. */
  topic: string;
  messageId: string;
  outcome: string;
  webhookEventId: number;
  count: number;
  port: number;
  /** A SHA-256 in hexadecimal, written as it is: what anchors the sealed audit outside the database. */
  hash: string;
  block: number;
  error: unknown;
}>;

const textFields = [
  "requestId",
  "method",
  "path",
  "code",
  "transactionId",
  "refundId",
  "operationId",
  "gateway",
  "eventId",
  "topic",
  "messageId",
  "outcome",
] as const;
const numberFields = [
  "status",
  "durationMs",
  "queries",
  "userId",
  "webhookEventId",
  "count",
  "port",
  "block",
] as const;

// A text is cut there: an attacker's path or a library's message cannot flood the log.
const maxTextLength = 2_000;

function safeText(value: unknown): string {
  return maskCardNumbers(String(value)).slice(0, maxTextLength);
}

function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: safeText(error) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: safeText(error.message),
    ...(code === undefined ? {} : { code: safeText(code) }),
    stack: safeText(error.stack ?? ""),
    ...(error.cause === undefined ? {} : { cause: safeError(error.cause) }),
  };
}

/** Keeps the fields that are on the list, masked and cut. */
export function allowedFields(fields: LogFields): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const name of textFields)
    if (fields[name] !== undefined) allowed[name] = safeText(fields[name]);
  for (const name of numberFields) {
    if (typeof fields[name] === "number") allowed[name] = fields[name];
  }
  if (/^[0-9a-f]{64}$/.test(fields.hash ?? "")) allowed.hash = fields.hash;
  if (fields.error !== undefined) allowed.error = safeError(fields.error);
  return allowed;
}

function logger(): Logger {
  return processGlobal("log", () =>
    pino({ level: getEnv().LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime }),
  );
}

function write(
  level: "error" | "warn" | "info" | "debug",
  message: string,
  fields: LogFields,
): void {
  const requestId = currentRequestId();
  logger()[level](allowedFields(requestId === null ? fields : { requestId, ...fields }), message);
}

/** One JSON line to standard output, with the running request's id. */
export const log = {
  error: (message: string, fields: LogFields = {}) => write("error", message, fields),
  warn: (message: string, fields: LogFields = {}) => write("warn", message, fields),
  info: (message: string, fields: LogFields = {}) => write("info", message, fields),
  debug: (message: string, fields: LogFields = {}) => write("debug", message, fields),
};
