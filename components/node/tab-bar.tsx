"use client";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";

export const NODE_TABS = [
  "overview",
  "slabs",
  "connections",
  "settings",
  "keys",
  "diagnostics",
  "tools",
  "raw",
] as const;
export type NodeTab = (typeof NODE_TABS)[number];

interface NodeTabsProps {
  readonly tab: NodeTab;
  readonly onTab: (tab: NodeTab) => void;
  /** The pointer or focus is on a tab, which may be opened next. */
  readonly onNear: (tab: NodeTab) => void;
  readonly children: ReactNode;
}

/** The tabs of a node page. Arrow keys move between them (WAI-ARIA Authoring Practices, "Tabs"). */
export function NodeTabs({ tab, onTab, onNear, children }: NodeTabsProps) {
  const t = useTranslations("node.tabs");
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(tab, event.key);
    if (next === null) return;
    event.preventDefault();
    onTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  // On a phone the row of tabs is wider than the window: scroll to the open tab.
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>(`#tab-${tab}`);
    if (!list.current || !chosen) return;
    list.current.scrollLeft = chosen.offsetLeft - (list.current.clientWidth - chosen.offsetWidth) / 2;
  }, [tab]);
  return (
    <>
      <div
        ref={list}
        role="tablist"
        aria-label={t("label")}
        onKeyDown={onKeyDown}
        className="scroll-fade relative mb-3.5 flex gap-4 overflow-x-auto border-line border-b"
      >
        {NODE_TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === tab}
            aria-controls="tab-panel"
            tabIndex={name === tab ? 0 : -1}
            onClick={() => onTab(name)}
            onPointerEnter={() => onNear(name)}
            onFocus={() => onNear(name)}
            className="-mb-px whitespace-nowrap border-transparent border-b-2 py-1.5 text-muted hover:text-text aria-selected:border-accent aria-selected:font-semibold aria-selected:text-text"
          >
            {t(name)}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {children}
      </div>
    </>
  );
}

function neighbour(tab: NodeTab, key: string): NodeTab | null {
  const at = NODE_TABS.indexOf(tab);
  const count = NODE_TABS.length;
  if (key === "ArrowRight") return NODE_TABS[(at + 1) % count] ?? null;
  if (key === "ArrowLeft") return NODE_TABS[(at + count - 1) % count] ?? null;
  if (key === "Home") return NODE_TABS[0];
  return key === "End" ? (NODE_TABS[count - 1] ?? null) : null;
}
