import type { Dash, Tone } from "../chart-data";

interface LineSampleProps {
  /** Null: the line is not shown. */
  readonly tone: Tone | null;
  readonly dash: Dash;
}

/** A piece of a line, as the chart draws it. An image keeps its colour where the browser forces the colours of a page. */
export function LineSample({ tone, dash }: LineSampleProps) {
  return (
    <svg aria-hidden="true" width="16" height="3" className="shrink-0 forced-color-adjust-none">
      <line
        x1="0"
        x2="16"
        y1="1.5"
        y2="1.5"
        stroke={tone === null ? "var(--line)" : `var(--${tone})`}
        strokeWidth="3"
        strokeDasharray={dash ?? undefined}
      />
    </svg>
  );
}
