"use client";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, memo, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { Node } from "@/lib/model/node";
import { classNames } from "../ui/class-names";
import { Panel } from "../ui/panel";
import type { Tone } from "../ui/tag";
import { useFormat } from "../ui/use-format";
import { nodePath, useCarried } from "../ui/view-link";
import { nextCell } from "./cell-steps";
import { byPlace } from "./node-list";
import type { Scope } from "./use-scope";

/** Beyond this many nodes the cells get smaller. */
const MANY = 600;

const COLOURS: Record<Tone, string> = {
  ok: "fill-ok opacity-85",
  warn: "fill-warn",
  crit: "fill-crit",
  off: "fill-none stroke-off",
};

/** Colour and shape: a square, a triangle, a square with a cross, a dashed outline. */
function CellShape({ tone }: { readonly tone: Tone }) {
  return (
    <svg viewBox="0 0 13 13" aria-hidden="true" className={classNames("block size-full", COLOURS[tone])}>
      {tone === "warn" ? (
        <path d="M6.5.8a1.3 1.3 0 0 1 1.1.7l5 9.4a1.2 1.2 0 0 1-1.1 1.8H1.5A1.2 1.2 0 0 1 .4 10.9l5-9.4A1.3 1.3 0 0 1 6.5.8Z" />
      ) : tone === "off" ? (
        <rect x="1" y="1" width="11" height="11" rx="2.5" strokeWidth="1.5" strokeDasharray="2 2" />
      ) : (
        <rect width="13" height="13" rx={tone === "crit" ? 1.5 : 3} />
      )}
      {tone === "crit" && <path d="M4 4l5 5M9 4l-5 5" className="stroke-surface" strokeWidth="1.6" />}
    </svg>
  );
}

interface CellProps {
  readonly node: string;
  readonly href: string;
  readonly text: string;
  readonly tone: Tone;
  readonly current: boolean;
}

const Cell = memo(function Cell({ node, href, text, tone, current }: CellProps) {
  return (
    <li className="contents">
      <a
        href={href}
        data-node={node}
        tabIndex={current ? 0 : -1}
        aria-label={text}
        title={text}
        className="block size-full rounded-[3px]"
      >
        <CellShape tone={tone} />
      </a>
    </li>
  );
});

function useCellTexts(scope: Scope): (node: Node) => string {
  const t = useTranslations();
  return (node) => {
    const odd = scope.health.get(node.id)?.attention ?? null;
    const state = t(`status.status.${node.status}`);
    return t("fleet.cells.cell", {
      node: node.id,
      pool: node.pool,
      state: odd === null ? state : `${state}, ${t(`fleet.attention.kinds.${odd.kind}`)}`,
    });
  };
}

interface NodeCellsProps {
  readonly scope: Scope;
  /** The nodes that pass the filters, in any order. */
  readonly nodes: readonly Node[];
}

/** Every node as a cell that never changes its place. One tab stop; arrows move, Enter opens. */
export function NodeCells({ scope, nodes }: NodeCellsProps) {
  const t = useTranslations("fleet.cells");
  const format = useFormat();
  const router = useRouter();
  const carried = useCarried();
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const placed = useMemo(() => [...nodes].sort(byPlace), [nodes]);
  const textOf = useCellTexts(scope);
  const current = placed.some((node) => node.id === chosen) ? chosen : (placed[0]?.id ?? null);

  const cells = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>("a") ?? [])];
  const onKeyDown = (event: KeyboardEvent) => {
    const all = cells();
    const from = all.findIndex((cell) => cell.contains(event.target as Element));
    if (from === -1) return;
    const top = all[0]?.offsetTop;
    const wrapped = all.findIndex((cell) => cell.offsetTop !== top);
    const to = nextCell(event.key, from, all.length, wrapped === -1 ? all.length : wrapped);
    const target = to === null ? undefined : all[to];
    if (target === undefined) return;
    event.preventDefault();
    setChosen(target.dataset.node ?? null);
    target.focus();
  };
  const onClick = (event: MouseEvent<HTMLUListElement>) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !(event.target instanceof Element)) return;
    const cell = event.target.closest("a");
    if (cell === null) return;
    event.preventDefault();
    router.push(cell.getAttribute("href") ?? "/");
  };

  if (scope.totals.nodes < 2) return null;
  return (
    <Panel title={t("title")} subtitle={format.integer(placed.length)} tools={<Legend />} className="mt-3.5">
      {/* The list only delegates: each cell is a link of its own. */}
      <ul
        ref={list}
        aria-label={t("label")}
        onKeyDown={onKeyDown}
        onClick={onClick}
        className={classNames(
          "grid max-h-64 gap-[3px] overflow-y-auto p-0.5",
          placed.length > MANY
            ? "auto-rows-[9px] grid-cols-[repeat(auto-fill,9px)]"
            : "auto-rows-[13px] grid-cols-[repeat(auto-fill,13px)]",
        )}
      >
        {placed.map((node) => (
          <Cell
            key={node.id}
            node={node.id}
            href={carried(nodePath(node.id))}
            text={textOf(node)}
            tone={scope.health.get(node.id)?.tone ?? "off"}
            current={node.id === current}
          />
        ))}
      </ul>
    </Panel>
  );
}

function Legend() {
  const t = useTranslations("fleet.cells");
  return (
    <span className="hidden items-center gap-3 text-muted sm:flex">
      {(["ok", "warn", "crit", "off"] as const).map((tone) => (
        <span key={tone} className="flex items-center gap-1">
          <span className="size-[10px]">
            <CellShape tone={tone} />
          </span>
          {t(`legend.${tone}`)}
        </span>
      ))}
    </span>
  );
}
