import { cn } from "../ui/cn.ts";
import type { Said } from "./use-sandbox-call.ts";

/** What came of a form, said as soon as it is there. The live region is there from the start. */
export function SaidLine({ said }: { said: Said | null }) {
  return (
    <p
      role="status"
      className={cn(
        "mt-3 text-sm empty:hidden",
        said?.tone === "danger" ? "text-danger" : "text-success",
      )}
    >
      {said?.text}
    </p>
  );
}
