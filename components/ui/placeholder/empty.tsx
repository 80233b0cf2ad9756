import type { ReactNode } from "react";

interface EmptyProps {
  readonly title: string;
  /** How to fill it. */
  readonly children?: ReactNode;
}

/** What stands where there is nothing to show: why, and how to fill it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-start gap-1.5 px-1 py-6 text-muted">
      <p className="font-medium text-text">{title}</p>
      {children}
    </div>
  );
}
