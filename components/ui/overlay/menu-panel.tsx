"use client";
import { DropdownMenu } from "radix-ui";
import type { RefObject } from "react";

export interface MenuItem {
  readonly label: string;
  /** A second line that explains. */
  readonly description?: string;
  readonly onSelect: () => void;
}

interface MenuPanelProps {
  readonly anchor: RefObject<HTMLButtonElement | null>;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
}

/** The opened list of a menu. Loaded on demand. */
export default function MenuPanel({ anchor, label, items, onClose }: MenuPanelProps) {
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      {/* Users click the button outside; this one only positions the list. */}
      <DropdownMenu.Trigger asChild>
        <span aria-hidden="true" className="pointer-events-none absolute inset-0" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          aria-labelledby={undefined}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={(event) => {
            if (anchor.current?.contains(event.target as globalThis.Node)) event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            anchor.current?.focus();
          }}
          className="z-40 min-w-44 rounded-lg border border-line bg-raised p-1 shadow-float"
        >
          {items.map((item) => (
            <DropdownMenu.Item
              key={item.label}
              onSelect={item.onSelect}
              className="cursor-pointer rounded-md px-2.5 py-1.5 outline-none data-[highlighted]:bg-accent-soft data-[highlighted]:text-accent"
            >
              {item.label}
              {item.description && <span className="block text-muted text-xs">{item.description}</span>}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
