import { detailProblem, paymentProblem as paymentProblemView } from "./view-schemas.ts";

/** A refusal, for a call's description. */
export const problem = (description: string) => ({ description, schema: detailProblem });

/** What a payment or refund ran into, for a call's description. */
export const paymentProblem = (description: string) => ({
  description,
  schema: paymentProblemView,
});
