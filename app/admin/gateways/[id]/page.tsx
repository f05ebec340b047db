import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireStaff } from "#lib/auth/session";
import { mayMoveMoney } from "#lib/domain/actor";
import { getAccount, type AccountRecord } from "#lib/payments/view-account";
import { GatewayForm } from "../../../../components/admin/gateway-form.tsx";
import { GatewayHistory } from "../../../../components/admin/gateway-history.tsx";
import { gatewayFields } from "../../../../components/admin/gateway-words.ts";
import { ActiveBadge, ModeBadge } from "../../../../components/admin/gateways-table.tsx";
import { VerifyButton } from "../../../../components/admin/verify-button.tsx";
import { WebhookSecretForm } from "../../../../components/admin/webhook-secret-form.tsx";
import { gatewayWords } from "../../../../components/transactions/words.ts";
import { CardSection } from "../../../../components/ui/card.tsx";
import { Fact, Facts } from "../../../../components/ui/facts.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";
import { TimeStamp } from "../../../../components/ui/time-stamp.tsx";
import { orNotFound } from "../../../found.ts";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Gateway account ${(await params).id.slice(0, 10)}` };
}

function secretWords({ secretKey: { state, last4 } }: AccountRecord): string {
  if (state === "missing") return "There is none yet.";
  if (state === "unreadable") return "It does not open under this MASTER_KEY: enter it again.";
  return last4 === null ? "One is kept." : `One is kept that ends in ${last4}.`;
}

function AccountFacts({ account }: { account: AccountRecord }) {
  const { lastCheck, currencies, countries } = account;
  return (
    <Facts>
      <Fact name="State">
        <ActiveBadge isActive={account.isActive} /> <ModeBadge mode={account.mode} />
      </Fact>
      <Fact name="Merchant id">{account.merchantId === "" ? "–" : account.merchantId}</Fact>
      <Fact name="Public key">
        <span className="font-mono text-xs break-all">{account.publicKey || "–"}</span>
      </Fact>
      <Fact name="Secret key">{secretWords(account)}</Fact>
      <Fact name="Currencies">{currencies.join(", ") || "Whatever the gateway takes"}</Fact>
      <Fact name="Countries">{countries.join(", ") || "All"}</Fact>
      <Fact name="Priority">{account.priority}</Fact>
      <Fact name="Capture">{account.captureMethod === "manual" ? "By hand" : "At once"}</Fact>
      <Fact name="Last check">
        {lastCheck === null ? (
          "Never"
        ) : (
          <>
            {lastCheck.problem ?? "The keys were good"}, <TimeStamp at={lastCheck.at} />
          </>
        )}
      </Fact>
    </Facts>
  );
}

function WebhookFacts({ account }: { account: AccountRecord }) {
  const count = account.webhookSecrets;
  return (
    <Facts>
      <Fact name="Address to give to the gateway">
        <span className="font-mono text-xs break-all select-all">{account.webhookUrl}</span>
      </Fact>
      <Fact name="Secrets that are good now">
        {count === 0 ? "None: webhooks are refused" : count}
      </Fact>
    </Facts>
  );
}

function EditForm({ account }: { account: AccountRecord }) {
  const { gateway, label, mode, currency, captureMethod, merchantId, publicKey, isActive } =
    account;
  const initial = {
    ...{ gateway, label, mode, currency, captureMethod, merchantId, publicKey, isActive },
    priority: String(account.priority),
    currencies: account.currencies.join(", "),
    countries: account.countries.join(", "),
  };
  const kept = account.secretKey.state === "kept" ? " Leave it empty to keep that one." : "";
  return (
    <GatewayForm
      initial={initial}
      id={account.id}
      gateways={[]}
      secretHint={`${secretWords(account)}${kept}`}
    />
  );
}

/** One account at a gateway. An admin changes and verifies it; support looks. */
export default async function GatewayPage({ params }: Props) {
  const { id } = await params;
  const viewer = await requireStaff(`/admin/gateways/${id}`);
  if (!/^[1-9]\d{0,8}$/.test(id)) notFound();
  const { account, history } = await orNotFound(getAccount(viewer, Number(id)));
  const mayAct = mayMoveMoney(viewer);
  const { webhookSecret } = gatewayFields(account.gateway);
  return (
    <>
      <PageHeader
        title={`${gatewayWords(account.gateway)} ${account.id}`}
        trail={<TextLink href="/admin/gateways">Gateways</TextLink>}
      >
        {account.label === "" ? undefined : account.label}
      </PageHeader>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <CardSection id="account" title="Account">
          {mayAct ? <EditForm account={account} /> : <AccountFacts account={account} />}
        </CardSection>
        <div className="space-y-6">
          {mayAct ? (
            <>
              <CardSection id="now" title="As it is now">
                <AccountFacts account={account} />
              </CardSection>
              <CardSection id="verify" title="Check">
                <VerifyButton id={account.id} />
              </CardSection>
            </>
          ) : null}
          <CardSection id="webhooks" title="Webhooks" bodyClassName="space-y-5">
            <WebhookFacts account={account} />
            {mayAct ? <WebhookSecretForm id={account.id} {...webhookSecret} /> : null}
          </CardSection>
        </div>
      </div>
      <CardSection id="history" title="History" className="mt-6" bodyClassName="p-0 sm:p-0">
        <GatewayHistory entries={history} />
      </CardSection>
    </>
  );
}
