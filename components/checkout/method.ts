/** A way to pay that the checkout offers: one configured account of a gateway. Holds nothing secret. */
export type CheckoutMethod = {
  gateway: "dummy" | "stripe" | "paypal" | "razorpay" | "flutterwave";
  /** The account's public key or client id. */
  publicKey: string;
  /** The gateway's script; null: the shopper is sent to a page of the gateway. */
  script: string | null;
  /** Whether paying takes the money, or holds it until staff take it: some scripts want to know. */
  captureMethod: "automatic" | "manual";
};

/** The order that is paid. `amount` is a decimal string, `total` is written for people. */
export type PayableOrder = {
  id: number;
  orderNumber: string;
  amount: string;
  currency: string;
  total: string;
};

/** What create-intent gave for this order and method. */
export type PreparedIntent = {
  transactionId: string;
  clientSecret: string;
  publishableKey: string;
};

/**
 * What the part of the checkout that belongs to one gateway gets. The checkout around it prepares the
 * intent, talks to our API and shows what came of it; the part shows the gateway's own fields or button.
 */
export type MethodProps = {
  method: CheckoutMethod;
  order: PayableOrder;
  intent: PreparedIntent;
  /** Test cards and hints are shown. */
  demo: boolean;
  /** Our API is being asked, or the outcome is awaited: nothing may be started. */
  busy: boolean;
  /**
   * Claims the order for this payment, before the gateway may take money. Resolves to true where it is
   * the shopper's turn in the gateway's fields; false: the checkout has taken over (paid already, refused,
   * sent to the gateway's page) and nothing more is to be done here.
   */
  begin: () => Promise<boolean>;
  /** The shopper has done their part, or the gateway says that it failed: our server asks the gateway. */
  finish: (paymentData?: Record<string, string>) => Promise<void>;
  /** The shopper closed the gateway's window: the payment is given up, and another way may be chosen. */
  abandon: () => Promise<void>;
};
