import type { ReactNode } from "react";
import { requireStaff } from "#lib/auth/session";
import { AdminHeader } from "../../components/admin/admin-header.tsx";

/** Frames the dashboard. Each page asks for itself who is looking. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const viewer = await requireStaff("/admin");
  return (
    <>
      <AdminHeader viewer={viewer} />
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-[88rem] flex-1 px-4 py-6 sm:px-6 sm:py-8"
      >
        {children}
      </main>
    </>
  );
}
