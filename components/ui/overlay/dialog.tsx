"use client";
import type { ComponentProps } from "react";
import { lazyPanel } from "../lazy-panel";

const DialogPanel = lazyPanel(() => import("./dialog-panel"));

interface DialogProps extends ComponentProps<typeof DialogPanel> {
  readonly open: boolean;
}

/** A modal dialog: holds the focus, closes on Escape. */
export function Dialog({ open, ...panel }: DialogProps) {
  return open ? <DialogPanel {...panel} /> : null;
}
