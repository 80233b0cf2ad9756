/** Draws the map of nodes: colour and shape show the state. */
import type { ThemeColour } from "@/components/charts/use-drawing";
import type { Tone } from "@/components/ui/status/tag";
import type { CellLayout } from "./layout";

/** A square, a triangle, a square with a cross, an outline. */
export function drawCells(
  context: CanvasRenderingContext2D,
  colour: ThemeColour,
  layout: CellLayout,
  tones: readonly Tone[],
): void {
  const { size, pitch, columns } = layout;
  const colours = { ok: colour("ok"), warn: colour("warn"), crit: colour("crit"), off: colour("off") };
  const surface = colour("surface");
  tones.forEach((tone, index) => {
    const x = (index % columns) * pitch;
    const y = Math.floor(index / columns) * pitch;
    context.fillStyle = colours[tone];
    context.globalAlpha = tone === "ok" ? 0.85 : 1;
    if (tone === "warn") {
      context.beginPath();
      context.moveTo(x + size / 2, y);
      context.lineTo(x + size, y + size);
      context.lineTo(x, y + size);
      context.fill();
    } else if (tone === "off") {
      context.strokeStyle = colours.off;
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    } else {
      context.fillRect(x, y, size, size);
    }
    if (tone !== "crit") return;
    const inset = size * 0.28;
    context.strokeStyle = surface;
    context.lineWidth = size > 8 ? 1.6 : 1;
    context.beginPath();
    context.moveTo(x + inset, y + inset);
    context.lineTo(x + size - inset, y + size - inset);
    context.moveTo(x + size - inset, y + inset);
    context.lineTo(x + inset, y + size - inset);
    context.stroke();
  });
}
