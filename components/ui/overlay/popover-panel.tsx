"use client";
import { Popover } from "radix-ui";
import type { ReactNode, RefObject } from "react";

interface PopoverPanelProps {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The opened panel of a popover. Loaded on demand. */
export default function PopoverPanel({ anchor, label, onClose, children }: PopoverPanelProps) {
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Anchor virtualRef={anchor as RefObject<HTMLElement>} />
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={(event) => {
            // The trigger closes it itself; closing here too would open it again.
            if (anchor.current?.contains(event.target as globalThis.Node)) event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            anchor.current?.focus();
          }}
          className="z-40 max-w-[min(480px,calc(100vw-16px))] rounded-lg border border-line bg-raised p-3 shadow-float"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
