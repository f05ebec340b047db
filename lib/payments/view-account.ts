import {
  findConfigurationAudit,
  findLastConfigurationEvents,
  type ConfigurationAuditRecord,
} from "../db/audit.ts";
import {
  findAllConfigurations,
  findConfiguration,
  type ConfigurationSettings,
  type StoredConfiguration,
} from "../db/configurations.ts";
import { findEmails } from "../db/users.ts";
import type { Viewer } from "../domain/actor.ts";
import { notFound } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { getEnv } from "../env.ts";
import { requireStaffViewer } from "./access.ts";
import { readStoredSecret, readWebhookSecrets } from "./stored-secret.ts";

/** The audit's names for what came of asking a gateway whether an account's keys are good. */
export const checkActions = { good: "verified", bad: "verification_failed" } as const;

/** The last time that an account's keys were tried; `problem` null: they were good. */
export type AccountCheckRecord = { at: Date; problem: string | null };

/** A merchant account as staff see it: everything but its secrets. */
export type AccountRecord = ConfigurationSettings & {
  id: number;
  gateway: GatewayName;
  secretKey: { state: "missing" | "unreadable" | "kept"; last4: string | null };
  /** How many webhook secrets are good now; 0: its webhooks are refused. */
  webhookSecrets: number;
  /** What the gateway's dashboard asks for. */
  webhookUrl: string;
  lastCheck: AccountCheckRecord | null;
  createdAt: Date;
  updatedAt: Date;
};

/** One thing that was done to an account. `who` is an e-mail or the name of a part of the system. */
export type AccountHistoryEntry = {
  at: Date;
  action: string;
  who: string;
  reason: string;
  before: unknown;
  after: unknown;
};

const maxHistory = 100;
// Of a shorter secret, four characters would be much.
const shortestShown = 16;

/** Every account, the inactive ones too, as the shop chooses among them. Staff alone: `forbidden`. */
export async function listAccounts(viewer: Viewer): Promise<AccountRecord[]> {
  requireStaffViewer(viewer);
  const [rows, checks] = await Promise.all([findAllConfigurations(), lastChecks()]);
  return rows.map((row) => toAccount(row, checks.get(row.id) ?? null));
}

/** One account and what was done to it, newest first. Throws `forbidden`, `not_found`. */
export async function getAccount(
  viewer: Viewer,
  id: number,
): Promise<{ account: AccountRecord; history: AccountHistoryEntry[] }> {
  requireStaffViewer(viewer);
  const row = await findConfiguration(id);
  if (!row) throw notFound();
  const [checks, events] = await Promise.all([
    lastChecks(),
    findConfigurationAudit(id, maxHistory),
  ]);
  const people = events.filter(({ actorKind }) => actorKind === "user");
  const emails = await findEmails(people.map(({ actor }) => Number(actor)));
  const history = events.map(({ at, action, actor, actorKind, reason, before, after }) => {
    const who = actorKind === "user" ? (emails.get(Number(actor)) ?? actor) : actor;
    return { at, action, who, reason, before, after };
  });
  return { account: toAccount(row, checks.get(id) ?? null), history };
}

async function lastChecks(): Promise<Map<number, AccountCheckRecord>> {
  const events = await findLastConfigurationEvents(Object.values(checkActions));
  return new Map(events.map((event) => [Number(event.entityId), toCheck(event)]));
}

function toCheck({ at, action, reason }: ConfigurationAuditRecord): AccountCheckRecord {
  return { at, problem: action === checkActions.good ? null : reason };
}

/** A stored account as staff may see it. */
export function toAccount(
  row: StoredConfiguration,
  lastCheck: AccountCheckRecord | null,
): AccountRecord {
  const secret = readStoredSecret(row);
  const isShown = secret.kind === "kept" && secret.secretKey.length >= shortestShown;
  return {
    id: row.id,
    gateway: row.gateway as GatewayName,
    isActive: row.isActive,
    mode: row.mode,
    label: row.label,
    priority: row.priority,
    currency: row.currency,
    currencies: row.currencies,
    countries: row.countries,
    captureMethod: row.captureMethod,
    merchantId: row.merchantId,
    publicKey: row.publicKey,
    secretKey: { state: secret.kind, last4: isShown ? secret.secretKey.slice(-4) : null },
    webhookSecrets: readWebhookSecrets(row).length,
    webhookUrl: `${getEnv().PUBLIC_URL}/api/payment/webhooks/${row.gateway}/`,
    lastCheck,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
