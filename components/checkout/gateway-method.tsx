"use client";

import type { ComponentType } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Spinner } from "../ui/spinner.tsx";
import { FlutterwaveMethod } from "./gateways/flutterwave-method.tsx";
import { PayPalMethod } from "./gateways/paypal-method.tsx";
import { RazorpayMethod } from "./gateways/razorpay-method.tsx";
import { StripeMethod } from "./gateways/stripe-method.tsx";
import { methodWords } from "./method-words.ts";
import type { CheckoutMethod, MethodProps, PayableOrder } from "./method.ts";
import { useGatewayPayment } from "./use-gateway-payment.ts";
import type { Payment } from "./use-payment.ts";

/** The part of each gateway whose fields, window or page take the payment. */
const parts: Readonly<Partial<Record<CheckoutMethod["gateway"], ComponentType<MethodProps>>>> = {
  stripe: StripeMethod,
  paypal: PayPalMethod,
  razorpay: RazorpayMethod,
  flutterwave: FlutterwaveMethod,
};

type GatewayMethodProps = {
  method: CheckoutMethod;
  order: PayableOrder;
  demo: boolean;
  payment: Payment;
  onBegin: () => void;
};

/** Pays by one gateway: while the intent is prepared, its part, or a way on where that failed. */
export function GatewayMethod({ method, order, demo, payment, onBegin }: GatewayMethodProps) {
  const { intent, failed, retry, begin, finish, abandon } = useGatewayPayment(
    order,
    method,
    payment,
  );
  const Part = parts[method.gateway];
  const { name } = methodWords[method.gateway];
  if (Part === undefined) return null;
  if (intent === null) {
    return (
      <Card className="p-5 sm:p-6">
        {failed ? (
          <>
            <p className="text-muted text-sm">
              {name} cannot be used at the moment. Nothing was charged.
            </p>
            <Button variant="secondary" onClick={retry} className="mt-4">
              Try again
            </Button>
          </>
        ) : (
          <p role="status" className="text-muted flex items-center gap-2 text-sm">
            <Spinner className="size-4" /> Preparing {name}…
          </p>
        )}
      </Card>
    );
  }
  return (
    <Part
      // Another intent is another set of fields.
      key={intent.transactionId}
      method={method}
      order={order}
      intent={intent}
      demo={demo}
      busy={payment.phase.kind === "sending"}
      begin={() => {
        onBegin();
        return begin();
      }}
      finish={finish}
      abandon={abandon}
    />
  );
}
