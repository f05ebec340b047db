import { buttonVariants } from "../ui/button.tsx";
import { MessagePage } from "../ui/message-page.tsx";
import { Link } from "../ui/link.tsx";

/** For an address with nothing behind it, or with something that is not the reader's to see. */
export function NotFoundMessage() {
  return (
    <MessagePage
      title="There is nothing here"
      actions={
        <>
          <Link href="/" className={buttonVariants({ variant: "solid" })}>
            To the catalogue
          </Link>
          <Link href="/orders" className={buttonVariants({ variant: "secondary" })}>
            Your orders
          </Link>
        </>
      }
    >
      <p>The address may be mistyped, or it belongs to another account. No money moved.</p>
    </MessagePage>
  );
}
