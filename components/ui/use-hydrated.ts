"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/**
 * False until the page's script runs. A form that must not be sent by the browser itself (its fields
 * would end in the address) keeps its button disabled until then.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
