"use client";

import { Printer } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";

export function PrintButton() {
  const hydrated = useHydrated();
  return (
    <Button variant="secondary" disabled={!hydrated} onClick={() => window.print()}>
      <Printer aria-hidden="true" className="size-4" /> Print
    </Button>
  );
}
