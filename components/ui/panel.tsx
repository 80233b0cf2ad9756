import type { ReactNode } from "react";
import { classNames } from "./class-names";

interface PanelProps {
  /** Names the content of the panel. */
  readonly title?: ReactNode;
  /** The latest value, or a count. */
  readonly subtitle?: ReactNode;
  /** Small controls at the right of the title: CSV, `$_`. */
  readonly tools?: ReactNode;
  readonly id?: string;
  readonly className?: string;
  /** False: the content reaches the edges, as a table does. */
  readonly padded?: boolean;
  readonly children?: ReactNode;
}

/** A bordered part of a page with one subject. */
export function Panel({ title, subtitle, tools, id, className, padded = true, children }: PanelProps) {
  return (
    <section id={id} className={classNames("panel", padded && "px-3.5 py-3", className)}>
      {(title || tools) && (
        <header
          className={classNames(
            "flex items-baseline gap-2 max-sm:flex-wrap",
            padded ? "mb-2" : "px-3.5 pt-3 pb-2",
          )}
        >
          <h2 className="whitespace-nowrap font-semibold">{title}</h2>
          {subtitle && <span className="min-w-0 truncate text-muted text-xs">{subtitle}</span>}
          {tools && <div className="ml-auto flex items-center gap-1 text-xs">{tools}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
