import { FlaskConical, Landmark } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { displayMoney } from "#lib/domain/money";
import { getChallenge, type Challenge } from "#lib/gateways/dummy/challenge";
import { Alert } from "../../../../components/ui/alert.tsx";
import { Button, buttonVariants } from "../../../../components/ui/button.tsx";
import { Card } from "../../../../components/ui/card.tsx";
import { Fact, Facts } from "../../../../components/ui/facts.tsx";

export const metadata: Metadata = { title: "Test bank" };

type Props = { params: Promise<{ reference: string }> };

// Longer than any reference the dummy gateway makes.
const referencePattern = /^[\w-]{1,100}$/;

const answered: Record<
  Exclude<Challenge["state"], "pending">,
  { tone: "success" | "warning"; title: string; text: string }
> = {
  approved: {
    tone: "success",
    title: "You have confirmed this payment",
    text: "The shop has been told. It is charged once.",
  },
  failed: { tone: "warning", title: "You have refused this payment", text: "Nothing was charged." },
  expired: {
    tone: "warning",
    title: "This confirmation has run out",
    text: "Nothing was charged. Start the payment again in the shop.",
  },
};

function Answer({ challenge }: { challenge: Challenge }) {
  if (challenge.state !== "pending") {
    const { tone, title, text } = answered[challenge.state];
    return (
      <div className="space-y-4">
        <Alert tone={tone} title={title}>
          {text}
        </Alert>
        <a href={challenge.returnUrl} className={buttonVariants({ variant: "primary" })}>
          Back to the shop
        </a>
      </div>
    );
  }
  return (
    <form
      method="post"
      action={`/api/dummy-gateway/challenge/${challenge.reference}/`}
      className="flex flex-col gap-3"
    >
      <Button type="submit" name="answer" value="approve" size="large">
        Complete authentication
      </Button>
      <Button type="submit" name="answer" value="fail" variant="secondary" size="large">
        Fail authentication
      </Button>
    </form>
  );
}

/** The dummy gateway's bank: stands for the page on which a card holder confirms a payment. Needs no script. */
export default async function ChallengePage({ params }: Props) {
  const { reference } = await params;
  const challenge = referencePattern.test(reference) ? await getChallenge(reference) : null;
  if (challenge === null) notFound();
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center px-4 py-10"
    >
      <p className="border-line-strong mb-4 flex items-center gap-2 rounded-xl border border-dashed px-4 py-3 text-sm">
        <FlaskConical aria-hidden="true" className="size-4 shrink-0" />
        This is a test bank of the demo. No real card is involved.
      </p>
      <Card className="p-6">
        <Landmark aria-hidden="true" className="text-muted size-8" />
        <h1 className="mt-4 text-xl font-semibold tracking-tight">Is this you?</h1>
        <p className="text-muted mt-1 text-sm">
          A shop wants to charge your card. Confirm that the payment is yours.
        </p>
        <Facts className="border-line my-6 border-y py-5">
          <Fact name="Shop">Tollbooth auto parts</Fact>
          <Fact name="Amount">
            <span className="nums font-semibold">
              {displayMoney(challenge.amountMinor, challenge.currency)}
            </span>
          </Fact>
          <Fact name="Payment">{challenge.merchantReference}</Fact>
        </Facts>
        <Answer challenge={challenge} />
      </Card>
    </main>
  );
}
