"use client";
import type { ReactNode } from "react";
import { Button, type ButtonTone } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/overlay/tooltip";

interface GuardedButtonProps {
  /** Why it is disabled, in words; null when it is not. */
  readonly refusal: string | null;
  readonly tone: ButtonTone;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** Opens a dialog. Where that is refused, the button stays, with the reason on hover and focus. */
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
