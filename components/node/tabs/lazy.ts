"use client";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Node } from "@/lib/model/node/node.schema";
import type { NodeTab } from "../tab-bar";

type TabComponent = ComponentType<{ readonly node: Node }>;
export type LaterTab = Exclude<NodeTab, "overview">;

const LOAD: Readonly<Record<LaterTab, () => Promise<{ readonly default: TabComponent }>>> = {
  slabs: () => import("./slabs").then(({ SlabsTab }) => ({ default: SlabsTab })),
  connections: () => import("./connections").then(({ ConnectionsTab }) => ({ default: ConnectionsTab })),
  settings: () => import("./settings").then(({ SettingsTab }) => ({ default: SettingsTab })),
  diagnostics: () =>
    import("@/components/diagnostics/diagnostics-tab").then(({ DiagnosticsTab }) => ({
      default: DiagnosticsTab,
    })),
  keys: () => import("@/components/keys/keys-tab").then(({ KeysTab }) => ({ default: KeysTab })),
  tools: () => import("@/components/tools/tools-tab").then(({ ToolsTab }) => ({ default: ToolsTab })),
  raw: () => import("./raw").then(({ RawTab }) => ({ default: RawTab })),
};

/** The tabs behind the first: their code is loaded when they are shown, or about to be. */
export const LATER_TABS: Readonly<Record<LaterTab, LazyExoticComponent<TabComponent>>> = {
  slabs: lazy(LOAD.slabs),
  connections: lazy(LOAD.connections),
  settings: lazy(LOAD.settings),
  diagnostics: lazy(LOAD.diagnostics),
  keys: lazy(LOAD.keys),
  tools: lazy(LOAD.tools),
  raw: lazy(LOAD.raw),
};

/** Fetches a tab's code ahead, when a pointer or the focus is on it. A failure shows when the tab is chosen. */
export function prepareTab(tab: NodeTab): void {
  if (tab !== "overview") void LOAD[tab]().catch(() => undefined);
}
