"use client";
import type { ReactNode } from "react";
import { lazyPanel } from "../lazy-panel";
import { PanelButton, type PanelButtonProps } from "./panel-button";

const PopoverPanel = lazyPanel(() => import("./popover-panel"));

interface PopoverProps extends PanelButtonProps {
  /** The content, given a function that closes the panel. */
  readonly children: (close: () => void) => ReactNode;
}

/** A button that opens a panel beside it. Escape and a click elsewhere close it; focus returns. */
export function Popover({ children, ...button }: PopoverProps) {
  return (
    <PanelButton {...button} popup="dialog">
      {(anchor, close) => (
        <PopoverPanel anchor={anchor} label={button.label} onClose={close}>
          {children(close)}
        </PopoverPanel>
      )}
    </PanelButton>
  );
}
