"use client";
import { type ComponentProps, useLayoutEffect, useRef } from "react";
import { lazyPanel } from "../lazy-panel";

const DialogPanel = lazyPanel(() => import("./dialog-panel"));

interface DialogProps extends Omit<ComponentProps<typeof DialogPanel>, "onFocusReturn"> {
  readonly open: boolean;
}

/** A modal dialog: holds the focus, closes on Escape, and gives the focus back to where it was opened. */
export function Dialog({ open, ...panel }: DialogProps) {
  const opener = useRef<Element | null>(null);
  // Before the panel takes the focus, which it does once its code is loaded.
  useLayoutEffect(() => {
    if (open) opener.current = document.activeElement;
  }, [open]);
  return open ? <DialogPanel {...panel} onFocusReturn={() => focusAgain(opener.current)} /> : null;
}

/** The page's main part when what opened the dialog is no longer there, as an entry of a closed menu. */
function focusAgain(opener: Element | null): void {
  const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  const target = isThere ? opener : document.querySelector<HTMLElement>("main");
  target?.focus({ preventScroll: true });
}
