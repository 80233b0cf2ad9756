import { classNames } from "./class-names";

const WIDTH = 64;
const HEIGHT = 16;

/**
 * The strokes of a sparkline: each run of values without a gap is one list of points "x,y". A lone value
 * between two gaps is drawn as a short dash.
 */
export function strokesOf(values: readonly (number | null)[], floor?: number, ceiling?: number): string[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const low = floor ?? Math.min(...known);
  const high = ceiling ?? Math.max(...known);
  const x = (index: number) => (index * WIDTH) / Math.max(1, values.length - 1);
  // A level line belongs in the middle: neither top nor bottom would be true. On a given floor it lies on it.
  const level = low === floor ? HEIGHT - 1 : HEIGHT / 2;
  const y = (value: number) => (high === low ? level : 1 + ((high - value) / (high - low)) * (HEIGHT - 2));
  const runs: string[][] = [];
  let previous: number | null = null;
  values.forEach((value, index) => {
    if (value !== null) {
      if (previous === null) runs.push([]);
      runs.at(-1)?.push(`${x(index).toFixed(1)},${y(value).toFixed(1)}`);
    }
    previous = value;
  });
  return runs.map((run) => {
    const [only] = run;
    if (run.length > 1 || only === undefined) return run.join(" ");
    const [left = "0", top = "0"] = only.split(",");
    return `${only} ${(Number(left) + 1.5).toFixed(1)},${top}`;
  });
}

interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly tone?: "s1" | "s2" | "s3";
  /** Bounds of the vertical axis; the values' own unless given. */
  readonly floor?: number;
  readonly ceiling?: number;
  readonly className?: string;
}

const STROKES = { s1: "stroke-s1", s2: "stroke-s2", s3: "stroke-s3" } as const;

/** A metric over time, drawn beside its current value; gaps stay gaps. Hidden from screen readers. */
export function Sparkline({ values, tone = "s1", floor, ceiling, className }: SparklineProps) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={classNames("block h-4 w-16 overflow-visible", className)}
    >
      {strokesOf(values, floor, ceiling).map((points) => (
        <polyline
          key={points}
          points={points}
          fill="none"
          vectorEffect="non-scaling-stroke"
          strokeWidth="1.3"
          strokeLinejoin="round"
          className={STROKES[tone]}
        />
      ))}
    </svg>
  );
}
