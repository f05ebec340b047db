import type { Metadata } from "next";
import { minPasswordLength } from "#lib/auth/password-rules";
import { requireViewer } from "#lib/auth/session";
import { PasswordForm } from "../../../components/account/password-form.tsx";
import { SignOutButton } from "../../../components/account/sign-out-button.tsx";
import { roleWords } from "../../../components/transactions/words.ts";
import { CardSection } from "../../../components/ui/card.tsx";
import { Fact, Facts } from "../../../components/ui/facts.tsx";
import { PageHeader } from "../../../components/ui/page-header.tsx";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const viewer = await requireViewer("/account");
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader title="Account" />
      <div className="space-y-6">
        <CardSection id="who" title="You" aside={<SignOutButton variant="secondary" />}>
          <Facts>
            <Fact name="E-mail">{viewer.email}</Fact>
            <Fact name="Role">{roleWords[viewer.role]}</Fact>
          </Facts>
        </CardSection>
        <CardSection id="password-section" title="Password">
          <PasswordForm email={viewer.email} minPasswordLength={minPasswordLength} />
        </CardSection>
      </div>
    </div>
  );
}
