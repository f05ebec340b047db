import { recordAudit } from "../db/audit.ts";
import { caseKeyOf, raiseCase, resolveCase, selectCases, type NewCase } from "../db/cases.ts";
import { inTransaction, isDatabaseUnavailable, withOwnConnection } from "../db/client.ts";
import { countViolations, type RuleResult } from "../db/count-violations.ts";
import { alertKinds } from "../domain/case.ts";
import { getEnv } from "../env.ts";
import { log } from "../observability/log.ts";
import type { AuditCheck } from "./audit-findings.ts";
import { verifyAudit } from "./verify-audit.ts";

// Rules read whole tables, on a connection of their own that nobody waits for. One that takes longer than
// this on the shop's size of book is told as a failure of its own.
const statementTimeoutMs = 5 * 60_000;
const hourlyAuditMs = 24 * 3_600_000;
const maxOpenAlerts = 200;

const actor = { kind: "system", name: "books" } as const;

type Look = "lately" | "whole";
export type BooksReport = { rules: number; violated: string[]; sealedRows: number };

/**
 * Looks whether every rule of the books holds and whether the audit is as it was sealed: what was sealed
 * in the last 24 hours, or all of it. What is broken becomes an alert before a person, with its evidence,
 * and one that holds again is cleared. That the books were checked is in the audit itself.
 */
export async function checkBooks(look: Look = "lately"): Promise<BooksReport> {
  const open = await selectCases({ limit: maxOpenAlerts, status: "open", kinds: alertKinds });
  // An alert about an old block is cleared only by who has looked at it again.
  const isAuditOpen = open.some(({ kind }) => kind === "audit_broken");
  const rules = await withOwnConnection(statementTimeoutMs, (client) => countViolations(client));
  const audit = await lookAtAudit(isAuditOpen ? "whole" : look);
  const alerts = [...rules.flatMap(alertOfRule), ...audit.alerts];
  const violated = alerts.map(({ kind, subject }) => caseKeyOf(kind, subject));
  await inTransaction(async (tx) => {
    for (const alert of alerts) await raiseCase(tx, alert);
    for (const { caseKey } of open) {
      if (!violated.includes(caseKey)) await resolveCase(tx, caseKey, { resolution: "cleared" });
    }
    await recordAudit(tx, {
      entity: "books",
      entityId: "books",
      action: "books_checked",
      actor,
      after: { rules: rules.length, violated, sealed_rows: audit.sealedRows },
    });
  });
  for (const code of violated) log.error("the books are not as they must be", { code });
  return { rules: rules.length, violated, sealedRows: audit.sealedRows };
}

function alertOfRule({ id, rule, violations, examples, failure }: RuleResult): NewCase[] {
  if (failure !== undefined) {
    log.error("a rule of the books could not be looked at", { code: id, error: failure });
    const evidence = { rule, failure: wordsOf(failure) };
    return [{ kind: "invariant_violated", subject: id, evidence }];
  }
  if (violations === 0) return [];
  const evidence = { rule, count: violations, examples };
  return [{ kind: "invariant_violated", subject: id, evidence }];
}

async function lookAtAudit(look: Look): Promise<{ alerts: NewCase[]; sealedRows: number }> {
  const headFile = getEnv().AUDIT_HEAD_FILE;
  const since = look === "whole" ? {} : { since: new Date(Date.now() - hourlyAuditMs) };
  try {
    const report = await withOwnConnection(statementTimeoutMs, (client) =>
      verifyAudit(client, { headFile, ...since }),
    );
    if (headFile !== undefined && report.heads === null && report.blocks > 0) {
      log.warn("AUDIT_HEAD_FILE is not there: the audit is compared with nothing outside");
    }
    return { alerts: report.checks.flatMap(alertOfAudit), sealedRows: report.sealedRows };
  } catch (error) {
    // The round comes again; that the database is away says nothing of the audit.
    if (isDatabaseUnavailable(error)) throw error;
    log.error("the audit could not be verified", { error });
    const evidence = { rule: "the audit can be verified", failure: wordsOf(error) };
    return { alerts: [{ kind: "audit_broken", subject: "check", evidence }], sealedRows: 0 };
  }
}

function alertOfAudit({ id, rule, violations, examples }: AuditCheck): NewCase[] {
  if (violations === 0) return [];
  return [{ kind: "audit_broken", subject: id, evidence: { rule, count: violations, examples } }];
}

const wordsOf = (failure: unknown): string =>
  failure instanceof Error ? failure.message.slice(0, 500) : String(failure);
