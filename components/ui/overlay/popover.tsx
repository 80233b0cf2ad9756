"use client";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { Button, type ButtonTone } from "../button";

// The overlay library is fetched when the first overlay is opened, not with the page.
const PopoverPanel = lazy(() => import("./popover-panel"));

interface PopoverProps {
  /** What opens it: text or an icon. */
  readonly trigger: ReactNode;
  /** Accessible name of the trigger (when it is an icon) and of the panel. */
  readonly label: string;
  readonly tone?: ButtonTone;
  readonly className?: string;
  /** The content; is given the way to close. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button that opens a panel beside it. Escape and a click elsewhere close it; focus returns. */
export function Popover({ trigger, label, tone = "plain", className, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button
        ref={button}
        tone={tone}
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen((was) => !was)}
      >
        {trigger}
      </Button>
      {open && (
        <Suspense>
          <PopoverPanel anchor={button} label={label} onClose={() => setOpen(false)}>
            {children(() => setOpen(false))}
          </PopoverPanel>
        </Suspense>
      )}
    </>
  );
}
