import { hash, verify } from "@node-rs/argon2";
import { PaymentError } from "../domain/errors.ts";
import { processGlobal } from "../process-global.ts";

// OWASP's argon2id setting for 19 MiB: two passes, one lane. The library's default algorithm is
// argon2id; its enum cannot be named here, as it has no value at run time.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

// Each hash takes about 30 ms of one core. Two at once leave the machine to the payments; those who
// would wait longer than about a second are told to come again.
const maxRunning = 2;
const maxWaiting = 64;

type Gate = { running: number; waiting: (() => void)[] };

/** Runs one hash when its turn comes. Throws `service_unavailable` where too many wait already. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const gate = processGlobal<Gate>("password-gate", () => ({ running: 0, waiting: [] }));
  if (gate.running >= maxRunning) {
    if (gate.waiting.length >= maxWaiting) {
      throw new PaymentError(
        "service_unavailable",
        "Too many people are signing in. Try again shortly.",
        {
          retryAfterSeconds: 2,
        },
      );
    }
    // The one that ends hands its place over, so `running` is already counted for us.
    await new Promise<void>((resolve) => gate.waiting.push(resolve));
  } else {
    gate.running += 1;
  }
  try {
    return await work();
  } finally {
    const next = gate.waiting.shift();
    if (next) next();
    else gate.running -= 1;
  }
}

// Two ways to type the same letters must not be two passwords (NIST SP 800-63B, 5.1.1.2).
const asTyped = (password: string): string => password.normalize("NFKC");

/** argon2id in PHC string format. */
export async function hashPassword(password: string): Promise<string> {
  return await inTurn(() => hash(asTyped(password), cost));
}

// Verified where there is no account or no password, so that the answer takes as long.
async function absentHash(): Promise<string> {
  return await processGlobal("absent-password-hash", () => hash(crypto.randomUUID(), cost));
}

/** Compares in the time of one hash whether or not there is anything to compare with. */
export async function verifyPassword(
  passwordHash: string | null,
  password: string,
): Promise<boolean> {
  const reference = passwordHash ?? (await absentHash());
  const matches = await inTurn(() => verify(reference, asTyped(password)).catch(() => false));
  return passwordHash !== null && matches;
}
