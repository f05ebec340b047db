import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { minPasswordLength } from "#lib/auth/password-rules";
import { safeReturnPath } from "#lib/auth/return-path";
import { getViewer } from "#lib/auth/session";
import { EntryCard } from "../../../components/account/entry-card.tsx";
import { signInHref } from "../../../components/account/sign-in-href.ts";
import { SignUpForm } from "../../../components/account/sign-up-form.tsx";
import { TextLink } from "../../../components/ui/text-link.tsx";

export const metadata: Metadata = { title: "Create an account" };

type SearchParams = Promise<Record<string, string | string[] | undefined>>;

export default async function SignUpPage({ searchParams }: { searchParams: SearchParams }) {
  const returnPath = safeReturnPath((await searchParams)["callbackUrl"]);
  if ((await getViewer()) !== null) redirect(returnPath);
  return (
    <EntryCard
      title="Create an account"
      lead={
        <>
          Have one already? <TextLink href={signInHref(returnPath)}>Sign in</TextLink>
        </>
      }
    >
      <SignUpForm returnPath={returnPath} minPasswordLength={minPasswordLength} />
    </EntryCard>
  );
}
