/** What Razorpay's test cards do. Source: razorpay.com/docs/payments/payments/test-card-details. */
export const testCards = [
  { number: "4100280000001007", what: "Succeeds", reason: null },
  { number: "5500670000001002", what: "Succeeds (Mastercard)", reason: null },
  { number: "4100280000060003", what: "Declined", reason: "card_declined" },
  { number: "4100280000080001", what: "Not enough money", reason: "insufficient_fund" },
  { number: "4100280000000009", what: "Bank's check fails", reason: "authentication_failed" },
] as const;

/** Why a card fails; null: it does not. */
export function reasonOf(number: string): string | null {
  return testCards.find((card) => card.number === number)?.reason ?? null;
}
