import { randomBytes, randomInt } from "node:crypto";

// 48 bits of a cryptographic source; the unique index decides, and the writer tries again on a clash.
function hexId(prefix: "TXN" | "REF" | "DSP"): string {
  return `${prefix}-${randomBytes(6).toString("hex").toUpperCase()}`;
}

export const transactionIdPattern = /^TXN-[0-9A-F]{12}$/;
export const refundIdPattern = /^REF-[0-9A-F]{12}$/;
export const orderNumberPattern = /^ORD-[0-9A-Z]{6,16}$/;

const orderAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const orderLength = 8;

export const newTransactionId = (): string => hexId("TXN");
export const newRefundId = (): string => hexId("REF");
export const newDisputeId = (): string => hexId("DSP");

/** `ORD-` and eight of 0-9A-Z. */
export function newOrderNumber(): string {
  const characters = Array.from(
    { length: orderLength },
    () => orderAlphabet[randomInt(orderAlphabet.length)],
  );
  return `ORD-${characters.join("")}`;
}
