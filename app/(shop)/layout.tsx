import type { ReactNode } from "react";
import { getViewer } from "#lib/auth/session";
import { getEnv } from "#lib/env";
import { SiteFooter } from "../../components/shop/site-footer.tsx";
import { SiteHeader } from "../../components/shop/site-header.tsx";

export default async function ShopLayout({ children }: { children: ReactNode }) {
  const viewer = await getViewer();
  return (
    <>
      <SiteHeader viewer={viewer} demo={getEnv().isDemo} />
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl flex-1 px-4 py-8 sm:px-6 sm:py-10 print:p-0"
      >
        {children}
      </main>
      <SiteFooter demo={getEnv().isDemo} />
    </>
  );
}
