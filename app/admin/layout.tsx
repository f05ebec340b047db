import type { ReactNode } from "react";
import { getViewer } from "#lib/auth/session";
import { countCases } from "#lib/cases/list-urgent-cases";
import { isStaff } from "#lib/domain/actor";
import { AdminHeader } from "../../components/admin/admin-header.tsx";
import { AlertBanner } from "../../components/admin/alert-banner.tsx";

/**
 * Frames the dashboard for staff. Each page asks for itself who is looking, and sends a visitor to sign in
 * with its own address to come back to; the frame only stays away.
 */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  if (viewer === null || !isStaff(viewer)) return children;
  const { total, alerts } = await countCases(viewer);
  return (
    <>
      <AdminHeader viewer={viewer} openCases={total} />
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-[88rem] flex-1 px-4 py-6 sm:px-6 sm:py-8"
      >
        <AlertBanner alerts={alerts} />
        {children}
      </main>
    </>
  );
}
