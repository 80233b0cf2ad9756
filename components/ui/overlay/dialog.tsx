"use client";
import { lazy, type ReactNode, Suspense } from "react";

const DialogPanel = lazy(() => import("./dialog-panel"));

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** One sentence under the title. */
  readonly description?: string;
  /** Room for two columns. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog: holds the focus, closes on Escape. Its code is loaded when it first opens. */
export function Dialog(props: DialogProps) {
  if (!props.open) return null;
  return (
    <Suspense>
      <DialogPanel {...props} />
    </Suspense>
  );
}
