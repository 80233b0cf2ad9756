import type { ReactNode } from "react";

interface EmptyProps {
  readonly title: string;
  /** How to fill it. */
  readonly children?: ReactNode;
}

/** Replaces missing content: why it is missing, and how to provide it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-start gap-1.5 px-1 py-6 text-muted">
      <p className="font-medium text-text">{title}</p>
      {children}
    </div>
  );
}
