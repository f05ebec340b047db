import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { isStaff, type Viewer } from "../domain/actor.ts";
import { findViewer } from "./authenticate.ts";
import { safeReturnPath } from "./return-path.ts";
import { cookieName, openSession } from "./session-cookie.ts";

/** Who is looking at the page, as the database has them now, or null. One query a page, however often asked. */
export const getViewer: () => Promise<Viewer | null> = cache(async () => {
  const claims = await openSession((await cookies()).get(cookieName("session"))?.value);
  return claims === null ? null : await findViewer({ kind: "session", claims });
});

/** The viewer, or the sign-in page, which leads back to `returnTo` (a path of this site). */
export async function requireViewer(returnTo: string): Promise<Viewer> {
  const viewer = await getViewer();
  if (viewer === null)
    redirect(`/signin?callbackUrl=${encodeURIComponent(safeReturnPath(returnTo))}`);
  return viewer;
}

/** As `requireViewer`; for a customer the page is not there. */
export async function requireStaff(returnTo: string): Promise<Viewer> {
  const viewer = await requireViewer(returnTo);
  if (!isStaff(viewer)) notFound();
  return viewer;
}
