import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney } from "#lib/domain/actor";
import { gatewayNames } from "#lib/domain/payment";
import { findGateway } from "#lib/gateways/registry";
import { GatewayForm } from "../../../../components/admin/gateway-form.tsx";
import { CardSection } from "../../../../components/ui/card.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";

export const metadata: Metadata = { title: "Add an account" };

const blank = {
  gateway: "stripe",
  label: "",
  mode: "test",
  priority: "100",
  currency: "USD",
  currencies: "",
  countries: "",
  captureMethod: "automatic",
  merchantId: "",
  publicKey: "",
  isActive: false,
} as const;

/** Sets up another account at a gateway, for an admin. */
export default async function NewGatewayPage() {
  const viewer = await requireStaff("/admin/gateways/new");
  if (!mayMoveMoney(viewer)) notFound();
  const gateways = gatewayNames.filter((name) => findGateway(name) !== null);
  return (
    <>
      <PageHeader
        title="Add an account"
        trail={<TextLink href="/admin/gateways">Gateways</TextLink>}
      >
        The secret of its webhooks is asked for once the account is there.
      </PageHeader>
      <CardSection id="account" title="Account" className="max-w-3xl">
        <GatewayForm
          initial={blank}
          id={null}
          gateways={gateways}
          secretHint="It is stored sealed and never shown again."
        />
      </CardSection>
    </>
  );
}
