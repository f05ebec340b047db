"use client";

import { signOut } from "next-auth/react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";

type SignOutButtonProps = { variant?: "ghost" | "secondary"; className?: string };

/** Ends the session here and everywhere it was used, then loads the catalogue afresh. */
export function SignOutButton({ variant = "ghost", className = "" }: SignOutButtonProps) {
  const [busy, setBusy] = useState(false);
  async function leave() {
    setBusy(true);
    try {
      await signOut({ redirect: false });
    } finally {
      // A whole new page: nothing of the person's stays in the browser's memory of this one.
      window.location.assign("/");
    }
  }
  return (
    <Button
      variant={variant}
      size="small"
      busy={busy}
      onClick={() => void leave()}
      className={className}
    >
      Sign out
    </Button>
  );
}
