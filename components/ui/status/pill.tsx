import type { ReactNode } from "react";

/** A fact in a frame: "memcached 1.6.45", "up 18d". */
export function Pill({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <span
      title={title}
      className="inline-flex items-center gap-1 whitespace-nowrap rounded-[5px] border border-line px-[7px] py-px text-muted text-xs"
    >
      {children}
    </span>
  );
}
