"use client";
import type { ReactNode } from "react";
import { Hint } from "./overlay/tooltip";

interface TileProps {
  readonly title: string;
  /** One line that explains the metric. */
  readonly meaning: string;
  readonly value: ReactNode;
  /** The raw value, on hover. */
  readonly exact?: string;
  /** Beside the value, smaller: "of 512 GiB". */
  readonly beside?: ReactNode;
  /** A meter or a sparkline. */
  readonly graphic?: ReactNode;
  readonly note?: ReactNode;
}

/** One metric, with its reference. */
export function Tile({ title, meaning, value, exact, beside, graphic, note }: TileProps) {
  return (
    <div className="min-w-0 bg-surface px-3.5 py-3">
      <h2 className="font-medium text-muted text-xs">
        <Hint text={meaning}>{title}</Hint>
      </h2>
      <p
        className="mt-0.5 mb-1 truncate font-semibold text-[1.61538rem] leading-tight tracking-tight"
        title={exact}
      >
        {value}
        {beside && <span className="font-normal text-muted text-xs tracking-normal"> {beside}</span>}
      </p>
      <div className="flex h-4 items-center">{graphic}</div>
      <p className="mt-0.5 min-h-[17px] truncate text-[11.5px] text-muted">{note}</p>
    </div>
  );
}
