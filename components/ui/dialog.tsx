"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode, RefObject } from "react";
import { buttonVariants } from "./button.tsx";
import { cn } from "./cn.ts";
import { VisuallyHidden } from "./visually-hidden.tsx";

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  /** What the focus goes back to: the button that opened it. */
  returnFocus: RefObject<HTMLElement | null>;
  /** While true, Escape, the cross and a click outside do not close it. */
  locked?: boolean;
  children: ReactNode;
};

/** A modal dialog: takes the focus, keeps it, and gives it back. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, returnFocus, locked = false, children } = props;
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => (locked && !next ? undefined : onOpenChange(next))}
    >
      <Radix.Portal>
        <Radix.Overlay className="bg-scrim fixed inset-0 z-40" />
        <Radix.Content
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnFocus.current?.focus();
          }}
          className={cn(
            "border-line bg-surface shadow-raised fixed z-50 flex max-h-[92dvh] flex-col overflow-y-auto border",
            "inset-x-0 bottom-0 rounded-t-2xl sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-full sm:max-w-md sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl",
          )}
        >
          <div className="flex items-start justify-between gap-4 px-5 pt-5">
            <div className="min-w-0">
              <Radix.Title className="text-lg font-semibold tracking-tight">{title}</Radix.Title>
              <Radix.Description asChild>
                <div className="text-muted mt-1 text-sm">{description}</div>
              </Radix.Description>
            </div>
            <Radix.Close
              disabled={locked}
              className={cn(buttonVariants({ variant: "ghost", size: "icon" }), "-mt-2 -mr-2")}
            >
              <X aria-hidden="true" className="size-5" />
              <VisuallyHidden>Close</VisuallyHidden>
            </Radix.Close>
          </div>
          <div className="p-5">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
