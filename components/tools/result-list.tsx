import type { ReactNode } from "react";

interface ResultListProps {
  readonly entries: readonly (readonly [name: string, value: ReactNode])[];
}

/** Named values, side by side. */
export function ResultList({ entries }: ResultListProps) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(7rem,1fr))] gap-px overflow-hidden rounded-lg border border-line bg-line-soft">
      {entries.map(([name, value]) => (
        <div key={name} className="min-w-0 bg-raised px-3 py-1.5">
          <dt className="truncate text-muted text-xs">{name}</dt>
          <dd className="truncate font-medium tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
