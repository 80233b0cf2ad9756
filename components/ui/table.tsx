"use client";
import { ChevronDown, ChevronUp } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { ScrollRegion } from "./scroll-region";

/** A plain table that scrolls sideways in itself, never the page. */
export function Table({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ScrollRegion className="relative overflow-x-auto" label={label}>
      <table className="w-full border-collapse" aria-label={label}>
        {children}
      </table>
    </ScrollRegion>
  );
}

interface ThProps {
  readonly children?: ReactNode;
  readonly numeric?: boolean;
  readonly className?: string;
  /** Present on a sortable column: its direction, or null while another column sorts. */
  readonly sorted?: "asc" | "desc" | null;
  readonly onSort?: () => void;
}

/** A column's header; a button when it sorts. */
export function Th({ children, numeric, className, sorted, onSort }: ThProps) {
  const Arrow = sorted === "asc" ? ChevronUp : ChevronDown;
  return (
    <th
      scope="col"
      aria-sort={
        sorted === undefined || sorted === null ? undefined : sorted === "asc" ? "ascending" : "descending"
      }
      className={classNames(
        "whitespace-nowrap border-line border-b px-2.5 py-1.5 font-medium text-muted text-xs",
        numeric ? "text-right" : "text-left",
        className,
      )}
    >
      {onSort === undefined ? (
        children
      ) : (
        <button
          type="button"
          onClick={onSort}
          className={classNames(
            "inline-flex items-center gap-0.5 hover:text-text",
            numeric && "flex-row-reverse",
            sorted && "text-text",
          )}
        >
          {children}
          <Arrow size={12} aria-hidden="true" className={sorted ? undefined : "invisible"} />
        </button>
      )}
    </th>
  );
}

interface TdProps {
  readonly children?: ReactNode;
  readonly numeric?: boolean;
  readonly className?: string;
  readonly title?: string;
}

/** A cell; numbers align right. */
export function Td({ children, numeric, className, title }: TdProps) {
  return (
    <td title={title} className={classNames("cell", numeric && "text-right", className)}>
      {children}
    </td>
  );
}
