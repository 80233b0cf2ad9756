"use client";
import { type ReactNode, type RefObject, useRef, useState } from "react";
import { Button, type ButtonTone } from "../button";

export interface PanelButtonProps {
  /** Text or an icon. */
  readonly trigger: ReactNode;
  /** Accessible name of the button (when it is an icon) and of the panel. */
  readonly label: string;
  readonly tone?: ButtonTone;
  readonly className?: string;
}

interface OpeningProps extends PanelButtonProps {
  readonly popup: "menu" | "dialog";
  /** Renders the open panel. */
  readonly children: (anchor: RefObject<HTMLButtonElement | null>, close: () => void) => ReactNode;
}

/** A button that opens and closes a panel beside it. */
export function PanelButton({ trigger, label, tone = "plain", className, popup, children }: OpeningProps) {
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
        aria-haspopup={popup}
        aria-expanded={open}
        onClick={() => setOpen((before) => !before)}
      >
        {trigger}
      </Button>
      {open && children(button, () => setOpen(false))}
    </>
  );
}
