"use client";
import type { ReactNode } from "react";
import { Hint } from "@/components/ui/overlay/tooltip";

interface StatSummaryProps {
  readonly entries: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly value: ReactNode;
    readonly note?: string | undefined;
  }[];
}

/** A few values in a row, each with its meaning. */
export function StatSummary({ entries }: StatSummaryProps) {
  return (
    <dl className="flex flex-wrap gap-x-7 gap-y-2">
      {entries.map(({ name, meaning, value, note }) => (
        <div key={name}>
          <dt className="text-muted text-xs">
            <Hint text={meaning}>{name}</Hint>
          </dt>
          <dd className="font-semibold text-lg tracking-tight">
            {value}
            {note === undefined ? null : (
              <span className="ml-1.5 font-normal text-muted text-xs">{note}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
