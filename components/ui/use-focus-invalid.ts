"use client";

import { useEffect, type RefObject } from "react";

/**
 * After each refused attempt, moves the focus to the first field that is marked invalid, or else to the
 * form's summary (`data-summary`). `attempt` counts the refusals; at 0 nothing is moved.
 */
export function useFocusInvalid(form: RefObject<HTMLFormElement | null>, attempt: number): void {
  useEffect(() => {
    if (attempt === 0) return;
    const target =
      form.current?.querySelector<HTMLElement>("[aria-invalid='true']") ??
      form.current?.querySelector<HTMLElement>("[data-summary]");
    target?.focus();
  }, [form, attempt]);
}
