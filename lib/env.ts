import ipaddr from "ipaddr.js";
import { z } from "zod";
import { processGlobal } from "./process-global.ts";

const minimumSecretLength = 32;

// Values that stand in documents, examples and tutorials; a production that uses one is open to anybody.
const sampleSecretPattern =
  /change.?me|example|secret|password|sample|tollbooth|your[-_ ]|^(.)\1+$|^(?:0123456789|1234567890|abcdef)/i;

const rateLimitPattern = /^([1-9]\d{0,8})\/(\d{1,4})(s|m|h)$/;

export type RateLimit = { requests: number; windowMs: number };

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

function rateLimit(fallback: string) {
  return z
    .string()
    .regex(rateLimitPattern, "must look like 300/1m (requests / number and s, m or h)")
    .default(fallback)
    .transform((text): RateLimit => {
      const [, requests = "1", count = "1", unit = "m"] = rateLimitPattern.exec(text) ?? [];
      return {
        requests: Number(requests),
        windowMs: Math.max(1, Number(count)) * unitMs[unit as keyof typeof unitMs],
      };
    });
}

const secret = z
  .string({ error: "is missing" })
  .min(minimumSecretLength, `must have at least ${minimumSecretLength} characters`);
const optionalText = z.string().min(1).optional();

const schema = z.object({
  TOLLBOOTH_MODE: z.enum(["production", "demo", "test"]).default("production"),
  TOLLBOOTH_DOOR: z.enum(["fast", "next"]).default("fast"),
  DATABASE_URL: z
    .string({ error: "is missing" })
    .regex(/^postgres(ql)?:\/\//, "must be a postgresql:// address"),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(20),
  HOST: z.string().default("0.0.0.0"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(8010),
  JWT_SECRET: secret,
  JWT_ISSUER: z.string().min(1).default("tollbooth"),
  JWT_AUDIENCE: z.string().min(1).default("tollbooth-api"),
  JWT_EXTERNAL_ISSUER: optionalText,
  JWT_EXTERNAL_AUDIENCE: optionalText,
  JWT_EXTERNAL_JWKS_URL: z.url().optional(),
  JWT_EXTERNAL_HS256_SECRET: secret.optional(),
  NEXTAUTH_SECRET: secret,
  MASTER_KEY: secret,
  MASTER_KEY_PREVIOUS: secret.optional(),
  RATE_LIMIT_READ: rateLimit("600/1m"),
  RATE_LIMIT_WRITE: rateLimit("300/1m"),
  RATE_LIMIT_TOKEN: rateLimit("30/1m"),
  RATE_LIMIT_WEBHOOK: rateLimit("12000/1m"),
  EVENTS_URL: z.url({ protocol: /^https?$/ }).optional(),
  EVENTS_SECRET: secret.optional(),
  TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine(
      (networks) => networks.every((part) => ipaddr.isValid(part) || ipaddr.isValidCIDR(part)),
      "must be addresses and networks, as 10.0.0.0/8,192.168.1.1",
    ),
  AUDIT_HEAD_FILE: optionalText,
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug"]).default("info"),
});

type Settings = z.infer<typeof schema>;
export type Env = Readonly<
  Omit<Settings, "PUBLIC_URL"> & {
    PUBLIC_URL: string;
    /** Demo and tests: the dummy gateway is allowed. */
    isDemo: boolean;
  }
>;

/** The names of all settings, for `.env.example` to be held against. */
export const settingNames = Object.keys(schema.shape);

function weakSecrets(settings: Settings): string[] {
  const own = ["JWT_SECRET", "NEXTAUTH_SECRET", "MASTER_KEY"] as const;
  const problems: string[] = [];
  for (const name of own) {
    if (new Set(settings[name]).size < 8 || sampleSecretPattern.test(settings[name])) {
      problems.push(`${name} is a sample or too simple; make one with: openssl rand -base64 48`);
    }
  }
  if (new Set(own.map((name) => settings[name])).size < own.length) {
    problems.push("JWT_SECRET, NEXTAUTH_SECRET and MASTER_KEY must differ from each other");
  }
  return problems;
}

function externalIssuerProblems(settings: Settings): string[] {
  if (settings.JWT_EXTERNAL_ISSUER === undefined) return [];
  const problems: string[] = [];
  if (settings.JWT_EXTERNAL_ISSUER === settings.JWT_ISSUER) {
    problems.push("JWT_EXTERNAL_ISSUER must differ from JWT_ISSUER");
  }
  if (settings.JWT_EXTERNAL_AUDIENCE === undefined) {
    problems.push("JWT_EXTERNAL_AUDIENCE is missing beside JWT_EXTERNAL_ISSUER");
  }
  const keys = [settings.JWT_EXTERNAL_JWKS_URL, settings.JWT_EXTERNAL_HS256_SECRET];
  if (keys.filter((key) => key !== undefined).length !== 1) {
    problems.push("set exactly one of JWT_EXTERNAL_JWKS_URL and JWT_EXTERNAL_HS256_SECRET");
  }
  return problems;
}

function eventsProblems({ EVENTS_URL, EVENTS_SECRET }: Settings): string[] {
  const isWhole = EVENTS_URL === undefined || EVENTS_SECRET !== undefined;
  return isWhole ? [] : ["EVENTS_SECRET is missing beside EVENTS_URL"];
}

/** Settings that cannot be used. `problems` holds a line each, safe to print. */
export class EnvError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Tollbooth cannot start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Reads settings from a set of variables. Throws `EnvError` with every problem at once. */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  // An empty value in an env file means "not set".
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new EnvError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    );
  }
  const settings = parsed.data;
  const isDemo = settings.TOLLBOOTH_MODE !== "production";
  const problems = [
    ...(isDemo ? [] : weakSecrets(settings)),
    ...externalIssuerProblems(settings),
    ...eventsProblems(settings),
  ];
  if (problems.length > 0) throw new EnvError(problems);
  return Object.freeze({
    ...settings,
    PUBLIC_URL: new URL(settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`).origin,
    isDemo,
  });
}

/** The settings of this process, read once. Throws `EnvError` where they cannot be used. */
export function getEnv(): Env {
  return processGlobal("env", () => parseEnv(process.env));
}
