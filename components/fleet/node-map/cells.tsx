"use client";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useDrawing } from "@/components/charts/use-drawing";
import { useWidth } from "@/components/charts/use-width";
import type { Tone } from "@/components/ui/status/tag";
import { nodePath, useCarried } from "@/components/ui/view-link";
import type { Node } from "@/lib/model/node/node.schema";
import { countTones } from "../node-health";
import type { FleetScope } from "../use-fleet-scope";
import { drawCells } from "./draw";
import { nextCell } from "./keyboard";
import { cellAt, cellLayout, cellsOf } from "./layout";

/** The state in words, with the attention kind of a node that is up. */
function useCellText(scope: FleetScope): (node: Node) => string {
  const t = useTranslations();
  return (node) => {
    const attention = scope.health.get(node.id)?.attention ?? null;
    const silent = node.elsewhere && node.status === "unknown";
    const states = [
      silent ? t("status.elsewhere.silent") : t(`status.status.${node.status}`),
      ...(attention === null ? [] : [t(`fleet.attention.kinds.${attention.kind}`)]),
      ...(node.elsewhere ? [t("status.elsewhere.collected")] : []),
    ];
    return t("fleet.map.cell", { node: node.id, pool: node.pool, state: states.join(", ") });
  };
}

const LETTERS: Readonly<Record<Tone, string>> = { ok: "o", warn: "w", crit: "c", off: "u" };
const TONES: Readonly<Record<string, Tone>> = { o: "ok", w: "warn", c: "crit", u: "off" };

interface NodeCellsProps {
  readonly scope: FleetScope;
  /** The nodes that pass the filters, in any order. */
  readonly nodes: readonly Node[];
}

/**
 * Every node as a cell, worst first. The cells are one drawing with one link over the cell in question: one tab
 * stop, arrows move it, so does the pointer, and it opens like any link.
 */
export default function NodeMap({ scope, nodes }: NodeCellsProps) {
  const t = useTranslations("fleet.map");
  const router = useRouter();
  const carried = useCarried();
  const textOf = useCellText(scope);
  const [frame, width] = useWidth<HTMLDivElement>(960);
  const [chosen, setChosen] = useState<string | null>(null);
  const { health, order } = scope;
  const cells = useMemo(() => cellsOf(nodes, health, order), [nodes, health, order]);
  const layout = useMemo(() => cellLayout(cells.length, width), [cells.length, width]);
  // As text, so that a second in which no state changed draws nothing.
  const states = cells.map(({ tone }) => LETTERS[tone]).join("");
  const draw = useMemo(() => {
    const tones = [...states].map((letter) => TONES[letter] ?? "off");
    return (context: CanvasRenderingContext2D, colour: (token: string) => string) =>
      drawCells(context, colour, layout, tones);
  }, [states, layout]);
  const canvas = useDrawing(width, layout.height, draw);

  const found = cells.findIndex(({ node }) => node.id === chosen);
  const index = Math.max(0, found);
  const current = cells[index]?.node;
  const tones = countTones(nodes, health);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = nextCell(event.key, index, cells.length, layout.columns);
    const target = to === null ? undefined : cells[to];
    if (target === undefined) return;
    event.preventDefault();
    setChosen(target.node.id);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const at = cellAt(layout, cells.length, event.clientX - left, event.clientY - top);
    const target = at === null ? undefined : cells[at];
    if (target !== undefined) setChosen(target.node.id);
  };
  const onClick = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    router.push(event.currentTarget.getAttribute("href") ?? "/");
  };
  const { size, pitch, columns } = layout;
  return (
    <div ref={frame} className="max-h-80 overflow-y-auto p-0.5">
      <p className="sr-only">{t("summary", { count: cells.length, ...tones })}</p>
      <div className="relative" style={{ height: layout.height }} onPointerMove={onPointerMove}>
        <canvas ref={canvas} className="block" style={{ width, height: layout.height }} />
        {current !== undefined && (
          <a
            href={carried(nodePath(current.id))}
            aria-describedby="cells-keys"
            title={textOf(current)}
            onKeyDown={onKeyDown}
            onClick={onClick}
            className="absolute block outline-offset-1 hover:outline-2 hover:outline-accent"
            style={{
              left: (index % columns) * pitch,
              top: Math.floor(index / columns) * pitch,
              width: size,
              height: size,
            }}
          >
            <span className="sr-only">{textOf(current)}</span>
          </a>
        )}
      </div>
      <p id="cells-keys" className="sr-only">
        {t("keys")}
      </p>
      <p className="sr-only" aria-live="polite">
        {found === -1 || current === undefined ? "" : textOf(current)}
      </p>
    </div>
  );
}
