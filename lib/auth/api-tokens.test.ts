import { describe, expect, test } from "vitest";
import { db } from "../db/client.ts";
import { deleteExpiredTokenFamilies } from "../db/api-tokens.ts";
import { endSessions } from "../db/users.ts";
import { tokensOf } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { verifyAccessToken } from "./access-tokens.ts";
import { refreshTokens, revokeTokens } from "./api-tokens.ts";
import { authenticate, identify } from "./authenticate.ts";

const refused = { code: "unauthenticated" };

async function works(access: string): Promise<boolean> {
  const identity = await identify(new Headers({ authorization: `Bearer ${access}` }));
  return await authenticate(identity).then(
    () => true,
    () => false,
  );
}

describe("refreshing", () => {
  test("gives a new pair of the same family, again and again", async () => {
    const viewer = await aViewer();
    const first = await tokensOf(viewer);
    const second = await refreshTokens(first.refresh);
    const third = await refreshTokens(second.refresh);
    expect(new Set([first.refresh, second.refresh, third.refresh]).size).toBe(3);
    const families = await Promise.all(
      [first, third].map(async ({ access }) => (await verifyAccessToken(access))?.familyId),
    );
    expect(families[0]).toBe(families[1]);
    expect(await works(third.access)).toBe(true);
  });

  test("with a used token ends the family: the thief's tokens and the owner's", async () => {
    const viewer = await aViewer();
    const stolen = await tokensOf(viewer);
    const other = await tokensOf(viewer);
    const thief = await refreshTokens(stolen.refresh);
    await expect(refreshTokens(stolen.refresh)).rejects.toMatchObject(refused);
    await expect(refreshTokens(thief.refresh)).rejects.toMatchObject(refused);
    expect(await works(thief.access)).toBe(false);
    expect(await works(stolen.access)).toBe(false);
    expect(await works(other.access)).toBe(true);
  });

  test("twice at once: one at most gets a pair, and the family has ended", async () => {
    const { refresh } = await tokensOf(await aViewer());
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => refreshTokens(refresh)),
    );
    const pairs = results.filter((result) => result.status === "fulfilled");
    expect(pairs.length).toBeLessThanOrEqual(1);
    for (const pair of pairs)
      await expect(refreshTokens(pair.value.refresh)).rejects.toMatchObject(refused);
  });

  test("ends with the family's age, the account, and every session's end", async () => {
    const aged = await tokensOf(await aViewer());
    const familyId = (await verifyAccessToken(aged.access))?.familyId ?? "";
    await db().apiTokenFamily.update({
      where: { id: familyId },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    });
    await expect(refreshTokens(aged.refresh)).rejects.toMatchObject(refused);

    const closed = await aViewer();
    const closedTokens = await tokensOf(closed);
    await db().user.update({ where: { id: closed.userId }, data: { isActive: false } });
    await expect(refreshTokens(closedTokens.refresh)).rejects.toMatchObject(refused);

    const signedOut = await aViewer();
    const signedOutTokens = await tokensOf(signedOut);
    await endSessions(signedOut.userId, 0);
    await expect(refreshTokens(signedOutTokens.refresh)).rejects.toMatchObject(refused);
  });

  test("gives the role of now", async () => {
    const viewer = await aViewer("admin");
    const { refresh } = await tokensOf(viewer);
    await db().user.update({ where: { id: viewer.userId }, data: { role: "support" } });
    expect((await verifyAccessToken((await refreshTokens(refresh)).access))?.role).toBe("support");
  });

  test("keeps of a refresh token nothing that could be used", async () => {
    const { access, refresh } = await tokensOf(await aViewer());
    const familyId = (await verifyAccessToken(access))?.familyId ?? "";
    const row = JSON.stringify(
      await db().apiTokenFamily.findUniqueOrThrow({ where: { id: familyId } }),
    );
    const { jti } = JSON.parse(
      Buffer.from(refresh.split(".")[1] ?? "", "base64url").toString(),
    ) as { jti: string };
    expect(row).not.toContain(jti);
  });
});

describe("revoking", () => {
  test("ends every token of the family, and says nothing of a token that is none", async () => {
    const tokens = await tokensOf(await aViewer());
    await revokeTokens("not.a.token");
    await revokeTokens(tokens.refresh);
    await revokeTokens(tokens.refresh);
    expect(await works(tokens.access)).toBe(false);
    await expect(refreshTokens(tokens.refresh)).rejects.toMatchObject(refused);
  });
});

test("families that ended by age are removed, and no others", async () => {
  const [aged, living] = [await tokensOf(await aViewer()), await tokensOf(await aViewer())];
  const id = (await verifyAccessToken(aged.access))?.familyId ?? "";
  await db().apiTokenFamily.update({ where: { id }, data: { expiresAt: new Date(0) } });
  expect(await deleteExpiredTokenFamilies(new Date(1))).toBe(1);
  expect(await works(aged.access)).toBe(false);
  expect(await works(living.access)).toBe(true);
});
