import { ChevronDown } from "lucide-react";
import { displayMoney } from "#lib/domain/money";
import { Card } from "../ui/card.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import { OrderItems, type OrderLine } from "./order-items.tsx";

type OrderSummaryProps = {
  orderNumber: string;
  items: readonly OrderLine[];
  totalMinor: bigint;
  currency: string;
};

/** On a phone: one line that stays in sight with the total, and opens to the parts. */
export function OrderSummaryBar(order: OrderSummaryProps) {
  return (
    <details className="group border-line bg-surface sticky top-0 z-10 -mx-4 border-b sm:-mx-6 lg:hidden">
      <summary className="flex min-h-14 cursor-pointer list-none items-center justify-between gap-4 px-4 text-sm sm:px-6">
        <span className="flex items-center gap-1.5 font-medium">
          Your order
          <ChevronDown
            aria-hidden="true"
            className="text-muted size-4 transition-transform group-open:rotate-180"
          />
        </span>
        <span className="nums text-base font-semibold">
          <VisuallyHidden>Total </VisuallyHidden>
          {displayMoney(order.totalMinor, order.currency)}
        </span>
      </summary>
      <div className="border-line border-t px-4 py-4 sm:px-6">
        <OrderItems items={order.items} totalMinor={order.totalMinor} currency={order.currency} />
      </div>
    </details>
  );
}

/** Beside the form, where there is room. */
export function OrderSummaryCard(order: OrderSummaryProps) {
  return (
    <Card className="sticky top-6 hidden p-5 lg:block">
      <h2 className="text-sm font-semibold">Your order</h2>
      <p className="text-muted mt-0.5 mb-4 text-xs">{order.orderNumber}</p>
      <OrderItems items={order.items} totalMinor={order.totalMinor} currency={order.currency} />
    </Card>
  );
}
