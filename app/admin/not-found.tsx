import { buttonVariants } from "../../components/ui/button.tsx";
import { MessagePage } from "../../components/ui/message-page.tsx";
import { Link } from "../../components/ui/link.tsx";

export default function AdminNotFound() {
  return (
    <MessagePage
      title="There is nothing here"
      actions={
        <Link href="/admin/transactions" className={buttonVariants({ variant: "solid" })}>
          All transactions
        </Link>
      }
    >
      <p>The address may be mistyped. Search the transactions by id, e-mail or order number.</p>
    </MessagePage>
  );
}
