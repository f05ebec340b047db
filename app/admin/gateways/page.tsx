import { CreditCard } from "lucide-react";
import type { Metadata } from "next";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney } from "#lib/domain/actor";
import { listAccounts } from "#lib/payments/view-account";
import { GatewaysTable } from "../../../components/admin/gateways-table.tsx";
import { buttonVariants } from "../../../components/ui/button.tsx";
import { Card } from "../../../components/ui/card.tsx";
import { EmptyState } from "../../../components/ui/empty-state.tsx";
import { Link } from "../../../components/ui/link.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Gateways" };

/** The shop's accounts at gateways, for staff; an admin may set up another. */
export default async function GatewaysPage() {
  const viewer = await requireStaff("/admin/gateways");
  const accounts = await listAccounts(viewer);
  return (
    <>
      <PageHeader
        title="Gateways"
        aside={
          mayMoveMoney(viewer) ? (
            <Link href="/admin/gateways/new" className={buttonVariants({ variant: "solid" })}>
              Add an account
            </Link>
          ) : undefined
        }
      >
        The accounts that take payments. For each order the shop takes the first that fits, by
        priority.
      </PageHeader>
      <Card className="overflow-hidden">
        {accounts.length === 0 ? (
          <EmptyState title="No account yet" icon={<CreditCard className="size-6" />}>
            Nobody can pay until there is one that is active.
          </EmptyState>
        ) : (
          <GatewaysTable accounts={accounts} />
        )}
      </Card>
    </>
  );
}
