"use client";
import { type ComponentProps, useLayoutEffect, useRef } from "react";
import { lazyPanel } from "../lazy-panel";
import { focusAgain } from "./focus-again";

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
