import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeReturnPath } from "#lib/auth/return-path";
import { getViewer } from "#lib/auth/session";
import { getEnv } from "#lib/env";
import { EntryCard } from "../../../components/account/entry-card.tsx";
import { SignInForm } from "../../../components/account/sign-in-form.tsx";
import { TextLink } from "../../../components/ui/text-link.tsx";

export const metadata: Metadata = { title: "Sign in" };

type SearchParams = Promise<Record<string, string | string[] | undefined>>;

export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const returnPath = safeReturnPath((await searchParams)["callbackUrl"]);
  if ((await getViewer()) !== null) redirect(returnPath);
  return (
    <EntryCard
      title="Sign in"
      lead={
        <>
          New here?{" "}
          <TextLink href={`/signup?callbackUrl=${encodeURIComponent(returnPath)}`}>
            Create an account
          </TextLink>
        </>
      }
    >
      <SignInForm returnPath={returnPath} demo={getEnv().isDemo} />
    </EntryCard>
  );
}
