import type { Metadata } from "next";
import { requireViewer } from "#lib/auth/session";
import type { Viewer } from "#lib/domain/actor";
import { orderNumberPattern } from "#lib/domain/ids";
import { displayMoney, formatAmount } from "#lib/domain/money";
import { isUnsettled } from "#lib/domain/payment";
import { getEnv } from "#lib/env";
import { getOrderWithPayments } from "#lib/orders/list-orders";
import { getTransaction } from "#lib/payments/get-transaction";
import { listCheckoutMethods } from "#lib/payments/list-checkout-methods";
import { notFound } from "next/navigation";
import {
  CheckoutPanel,
  type InitialStanding,
} from "../../../../components/checkout/checkout-panel.tsx";
import { redirectOf } from "../../../../components/checkout/standing.ts";
import { AuthorisedPanel, PaidPanel } from "../../../../components/checkout/outcome-panels.tsx";
import { OrderSummaryBar, OrderSummaryCard } from "../../../../components/orders/order-summary.tsx";
import { Alert } from "../../../../components/ui/alert.tsx";
import { PageHeader } from "../../../../components/ui/page-header.tsx";
import { TextLink } from "../../../../components/ui/text-link.tsx";
import { orNotFound } from "../../../found.ts";

export const metadata: Metadata = { title: "Checkout" };

type Props = { params: Promise<{ orderNumber: string }> };
type OrderWithPayments = Awaited<ReturnType<typeof getOrderWithPayments>>;

/** The order as it is now: where a payment's outcome is open, the gateway is asked first. */
async function loadOrder(viewer: Viewer, orderNumber: string): Promise<OrderWithPayments> {
  const found = await orNotFound(getOrderWithPayments(viewer, orderNumber));
  const open = found.transactions.find((transaction) => isUnsettled(transaction.status));
  if (open === undefined) return found;
  await getTransaction(viewer, open.transactionId);
  return await orNotFound(getOrderWithPayments(viewer, orderNumber));
}

function standingOf({ transactions }: OrderWithPayments): InitialStanding {
  const waiting = transactions.find(({ status }) => status === "processing");
  if (waiting !== undefined) return { kind: "asking", transactionId: waiting.transactionId };
  const challenged = transactions.find(({ status }) => status === "requires_action");
  if (challenged !== undefined) {
    return {
      kind: "action",
      transactionId: challenged.transactionId,
      gateway: challenged.gateway,
      url: redirectOf(challenged.nextAction),
    };
  }
  const latest = transactions[0];
  return {
    kind: "form",
    gateway: latest?.status === "failed" ? latest.gateway : "",
    wasDeclined: latest?.status === "failed",
    declinedCode: latest?.errorCode ?? null,
  };
}

function Closed({ title, children }: { title: string; children: string }) {
  return (
    <Alert tone="warning" title={title}>
      <p>{children}</p>
      <TextLink href="/">Back to the catalogue</TextLink>
    </Alert>
  );
}

async function PaymentArea({ viewer, found }: { viewer: Viewer; found: OrderWithPayments }) {
  const { order } = found;
  const total = displayMoney(order.amountMinor, order.currency);
  if (order.status === "paid")
    return <PaidPanel orderNumber={order.orderNumber} total={total} takeFocus={false} />;
  if (found.transactions.some(({ status }) => status === "authorized"))
    return <AuthorisedPanel orderNumber={order.orderNumber} total={total} takeFocus={false} />;
  if (order.status === "cancelled") {
    return (
      <Closed title="This order was cancelled">
        Nothing was charged. You can order the parts again.
      </Closed>
    );
  }
  if (viewer.role === "support") {
    return (
      <Closed title="Support may look but not pay">
        This order waits for its shopper. Nothing was charged.
      </Closed>
    );
  }
  const [first, ...others] = await listCheckoutMethods(order);
  if (first === undefined) {
    return (
      <Closed title="Payments are closed at the moment">
        Nothing was charged and your order is kept. Please come back a little later.
      </Closed>
    );
  }
  return (
    <CheckoutPanel
      order={{
        id: order.id,
        orderNumber: order.orderNumber,
        amount: formatAmount(order.amountMinor, order.currency),
        currency: order.currency,
        total,
      }}
      methods={[first, ...others]}
      demo={getEnv().isDemo}
      initial={standingOf(found)}
    />
  );
}

/** Where an order is paid, and where the shopper comes back to from the bank (`?transaction=`). */
export default async function CheckoutPage({ params }: Props) {
  const { orderNumber } = await params;
  const viewer = await requireViewer(`/checkout/${orderNumber}`);
  if (!orderNumberPattern.test(orderNumber)) notFound();
  const found = await loadOrder(viewer, orderNumber);
  const { order } = found;
  const summary = {
    orderNumber: order.orderNumber,
    items: order.items,
    totalMinor: order.amountMinor,
    currency: order.currency,
  };
  return (
    <>
      <PageHeader
        title="Checkout"
        trail={<TextLink href={`/orders/${order.orderNumber}`}>{order.orderNumber}</TextLink>}
      />
      <OrderSummaryBar {...summary} />
      <div className="mt-6 grid items-start gap-8 lg:mt-0 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <PaymentArea viewer={viewer} found={found} />
        <OrderSummaryCard {...summary} />
      </div>
    </>
  );
}
