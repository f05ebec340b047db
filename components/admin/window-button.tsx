"use client";

import { usePathname } from "next/navigation";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ComponentProps,
  type ComponentType,
  type RefObject,
} from "react";
import { Button } from "../ui/button.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";

/** What a window gets from the button that opens it. */
export type WindowControl = { returnFocus: RefObject<HTMLElement | null>; onClose: () => void };

type WindowButtonProps<Props> = Pick<ComponentProps<typeof Button>, "variant" | "size"> & {
  label: string;
  /** What a screen reader says instead, where several buttons of a page share a label. */
  name?: string;
  /** True where it would do nothing; the button stays reachable, as the focus comes back to it. */
  unavailable?: boolean;
  /** Opens by itself: the address asked for it. */
  startOpen?: boolean;
  loadWindow: () => Promise<ComponentType<Props & WindowControl>>;
  /** As they are when it is opened: the page behind changes while it is open. */
  windowProps: Props;
};

/** A button with a window, which is loaded when it is wanted: most who look at a page do nothing. */
export function WindowButton<Props extends object>(props: WindowButtonProps<Props>) {
  const { label, name, variant, size, unavailable = false, startOpen = false } = props;
  const { loadWindow, windowProps } = props;
  const hydrated = useHydrated();
  const button = useRef<HTMLButtonElement>(null);
  const loading = useRef(false);
  const [opened, setOpened] = useState<{
    Window: ComponentType<Props & WindowControl>;
    props: Props;
  } | null>(null);
  const [failed, setFailed] = useState(false);
  const leaveAddress = useLeaveAddress(startOpen);

  async function open() {
    if (unavailable || loading.current) return;
    setFailed(false);
    loading.current = true;
    try {
      const Window = await loadWindow();
      setOpened({ Window, props: windowProps });
      leaveAddress();
    } catch {
      setFailed(true);
    }
    loading.current = false;
  }

  useOpenOnce(startOpen, open);
  useFocusLeft(button);

  return (
    <div>
      <Button
        ref={button}
        variant={variant}
        size={size}
        disabled={!hydrated}
        aria-disabled={unavailable || undefined}
        aria-haspopup="dialog"
        aria-label={name}
        onClick={() => void open()}
        className="aria-disabled:bg-neutral-tint aria-disabled:text-muted"
      >
        {label}
      </Button>
      <p role="alert" className="text-danger mt-2 text-sm empty:hidden">
        {failed
          ? "The form could not be loaded. Nothing was done. Check your connection, then try again."
          : ""}
      </p>
      {opened === null ? null : (
        <opened.Window {...opened.props} returnFocus={button} onClose={() => setOpened(null)} />
      )}
    </div>
  );
}

/** Once each time that it becomes wanted. */
function useOpenOnce(wanted: boolean, open: () => Promise<void>): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current === wanted) return;
    done.current = wanted;
    if (!wanted) return;
    void open();
  });
}

/**
 * What the address asked for is done once: a reload must not open the window again. Done when it opens,
 * as a refresh that comes with its closing would bring the old address back.
 */
function useLeaveAddress(asked: boolean): () => void {
  const pathname = usePathname();
  return useCallback(() => {
    if (asked) window.history.replaceState(null, "", pathname);
  }, [asked, pathname]);
}

/** What was done may take the button away while it has the focus: the page's main part gets it then. */
function useFocusLeft(button: RefObject<HTMLButtonElement | null>): void {
  useLayoutEffect(() => {
    const element = button.current;
    return () => {
      if (element !== null && document.activeElement === element)
        document.getElementById("main")?.focus({ preventScroll: true });
    };
  }, [button]);
}
