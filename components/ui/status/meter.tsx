import { classNames } from "../class-names";

export type MeterTone = "s1" | "ok" | "warn" | "crit" | "off";

const FILLS: Record<MeterTone, string> = {
  s1: "fill-s1",
  ok: "fill-ok",
  warn: "fill-warn",
  crit: "fill-crit",
  off: "fill-off",
};

interface MeterProps {
  /** Parts from the left; each a share 0..1 of the total. */
  readonly parts: readonly { readonly share: number; readonly tone: MeterTone }[];
  readonly className?: string;
}

/** A thin bar. It repeats values given in text beside it, so it is hidden from screen readers. */
export function Meter({ parts, className }: MeterProps) {
  let start = 0;
  const bars = parts.map(({ share, tone }) => {
    const bar = { x: start, width: Math.min(Math.max(share, 0), 1 - start), tone };
    start += bar.width;
    return bar;
  });
  return (
    <svg aria-hidden="true" className={classNames("block h-[5px] w-full rounded-[3px] bg-line", className)}>
      {bars.map((bar) => (
        <rect
          key={`${bar.x} ${bar.tone}`}
          x={`${(bar.x * 100).toFixed(2)}%`}
          width={`${(bar.width * 100).toFixed(2)}%`}
          height="5"
          className={FILLS[bar.tone]}
        />
      ))}
    </svg>
  );
}
