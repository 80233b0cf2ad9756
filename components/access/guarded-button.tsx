"use client";
import type { ReactNode } from "react";
import { Button, type ButtonTone } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/overlay/tooltip";

interface GuardedButtonProps {
  /** Why it does nothing, in words; null when it does. */
  readonly refusal: string | null;
  readonly tone: ButtonTone;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** Opens a dialog. Where that cannot be, the button is there all the same, with the reason on hover and focus. */
export function GuardedButton({ refusal, tone, onOpen, children }: GuardedButtonProps) {
  const button = (
    <Button
      tone={tone}
      aria-disabled={refusal !== null}
      aria-haspopup="dialog"
      onClick={() => refusal === null && onOpen()}
      className={refusal === null ? undefined : "cursor-not-allowed opacity-60"}
    >
      {children}
    </Button>
  );
  return refusal === null ? button : <Tooltip text={refusal}>{button}</Tooltip>;
}
