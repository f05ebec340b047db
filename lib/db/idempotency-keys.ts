import { randomUUID } from "node:crypto";
import { db } from "./client.ts";

// Longer than any request can run (a gateway call is cut at 15 s), so whoever holds a lock of this age
// has crashed.
const abandonedAfterSeconds = 60;

/** The right to run the request of a key. `lockedAt` tells this holder from the one that takes over. */
export type KeyClaim = { id: string; lockedAt: Date };

export type KeyState =
  | { kind: "claimed"; claim: KeyClaim }
  | { kind: "running" }
  | { kind: "mismatch" }
  | { kind: "finished"; status: number; body: string };

type KeyRequest = { userId: number; route: string; key: string; fingerprint: Buffer };

/**
 * Claims a key or says how it stands. One statement inserts the row, or takes over one that was released
 * or whose holder crashed; of any number that come at once, one claims.
 */
export async function claimIdempotencyKey(request: KeyRequest): Promise<KeyState> {
  const claims = await db().$queryRaw<KeyClaim[]>`
    INSERT INTO idempotency_keys AS k (id, user_id, route, key, fingerprint, state, locked_at)
    VALUES (${randomUUID()}::uuid, ${request.userId}, ${request.route}, ${request.key},
            ${request.fingerprint}, 'running', now())
    ON CONFLICT (user_id, route, key) DO UPDATE SET locked_at = now()
     WHERE k.state = 'running' AND k.fingerprint = EXCLUDED.fingerprint
       AND k.locked_at < now() - make_interval(secs => ${abandonedAfterSeconds})
    RETURNING id, locked_at AS "lockedAt"`;
  const claim = claims[0];
  if (claim) return { kind: "claimed", claim };
  return await existingKeyState(request);
}

async function existingKeyState(request: KeyRequest): Promise<KeyState> {
  const { userId, route, key } = request;
  const row = await db().idempotencyKey.findUnique({
    where: { userId_route_key: { userId, route, key } },
  });
  // Only the clean-up of old keys removes rows: the caller comes again and claims.
  if (row === null) return { kind: "running" };
  if (!request.fingerprint.equals(row.fingerprint)) return { kind: "mismatch" };
  if (row.responseStatus === null || row.responseBody === null) return { kind: "running" };
  return { kind: "finished", status: row.responseStatus, body: row.responseBody };
}

/** Keeps the answer for repetitions. Does nothing where another has taken the key over. */
export async function finishIdempotencyKey(
  claim: KeyClaim,
  status: number,
  body: string,
): Promise<void> {
  await db().idempotencyKey.updateMany({
    where: { id: claim.id, lockedAt: claim.lockedAt, state: "running" },
    data: { state: "finished", responseStatus: status, responseBody: body },
  });
}

/**
 * Lets the next repetition run the request at once. The row stays, so that it runs under the same id
 * and finds what this run may have made.
 */
export async function releaseIdempotencyKey(claim: KeyClaim): Promise<void> {
  await db().idempotencyKey.updateMany({
    where: { id: claim.id, lockedAt: claim.lockedAt, state: "running" },
    data: { lockedAt: new Date(0) },
  });
}

/** Removes keys first used before `before`; returns how many. */
export async function deleteIdempotencyKeys(before: Date): Promise<number> {
  const { count } = await db().idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } });
  return count;
}
