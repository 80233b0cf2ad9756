"use client";
import { lazyPanel } from "../lazy-panel";
import type { MenuItem } from "./menu-panel";
import { PanelButton, type PanelButtonProps } from "./panel-button";

const MenuPanel = lazyPanel(() => import("./menu-panel"));

interface MenuProps extends PanelButtonProps {
  readonly items: readonly MenuItem[];
}

/** A button that opens a list of actions. Arrows move, Enter acts, Escape closes; focus returns. */
export function Menu({ items, ...button }: MenuProps) {
  return (
    <span className="relative inline-flex">
      <PanelButton {...button} popup="menu">
        {(anchor, close) => <MenuPanel anchor={anchor} label={button.label} items={items} onClose={close} />}
      </PanelButton>
    </span>
  );
}
