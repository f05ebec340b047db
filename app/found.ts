import { notFound } from "next/navigation";
import { isPaymentError } from "#lib/domain/errors";

/** What was asked for, or the page for what is not there (or belongs to somebody else). */
export async function orNotFound<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (isPaymentError(error) && error.code === "not_found") notFound();
    throw error;
  }
}

/** What was asked for, or null where the query cannot be read, such as a cursor that was cut short. */
export async function orUnreadable<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isPaymentError(error) && error.code === "invalid_request") return null;
    throw error;
  }
}
