"use client";
import { useTranslations } from "use-intl";
import { useDrawing } from "@/components/charts/use-drawing";
import { TONES, type Tone } from "@/components/ui/status/tag";
import { drawCells } from "./draw";
import { cellLayout } from "./layout";

const SIZE = 13;
const ONE = cellLayout(1, SIZE);

const DRAW = Object.fromEntries(
  TONES.map((tone) => [
    tone,
    (context: CanvasRenderingContext2D, colour: (token: string) => string) =>
      drawCells(context, colour, ONE, [tone]),
  ]),
) as Record<Tone, (context: CanvasRenderingContext2D, colour: (token: string) => string) => void>;

function Sample({ tone }: { readonly tone: Tone }) {
  const canvas = useDrawing(SIZE, SIZE, DRAW[tone]);
  return <canvas ref={canvas} style={{ width: SIZE, height: SIZE }} />;
}

/** What the cells' colours and shapes mean. */
export default function CellLegend() {
  const t = useTranslations("fleet.map");
  return (
    <span className="hidden items-center gap-3 text-muted sm:flex">
      {TONES.map((tone) => (
        <span key={tone} className="flex items-center gap-1">
          <Sample tone={tone} />
          {t(`legend.${tone}`)}
        </span>
      ))}
    </span>
  );
}
