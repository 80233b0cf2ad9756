"use client";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { Button, type ButtonTone } from "../button";

const MenuPanel = lazy(() => import("./menu-panel"));

export interface MenuItem {
  readonly label: string;
  /** A second line that explains. */
  readonly description?: string;
  readonly onSelect: () => void;
}

interface MenuProps {
  readonly trigger: ReactNode;
  readonly label: string;
  readonly tone?: ButtonTone;
  readonly className?: string;
  readonly items: readonly MenuItem[];
}

/** A button that opens a list of actions. Arrows move, Enter acts, Escape closes; focus returns. */
export function Menu({ trigger, label, tone = "plain", className, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <span className="relative inline-flex">
      <Button
        ref={button}
        tone={tone}
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen((was) => !was)}
      >
        {trigger}
      </Button>
      {open && (
        <Suspense>
          <MenuPanel anchor={button} label={label} items={items} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </span>
  );
}
