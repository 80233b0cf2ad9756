"use client";
import type { ReactNode } from "react";
import { ToneGlyph } from "@/components/ui/status/tag";

interface NoticeBarProps {
  readonly tone: "warn" | "crit";
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** One notice over the page. */
export function NoticeBar({ tone, title, children, action }: NoticeBarProps) {
  return (
    <p
      className={`flex flex-wrap items-center gap-x-2 border-line border-b px-3 py-2 md:px-6 ${tone === "crit" ? "bg-crit-soft" : "bg-warn-soft"}`}
    >
      <span className={tone === "crit" ? "text-crit" : "text-warn"}>
        <ToneGlyph tone={tone} />
      </span>
      <b className="font-semibold">{title}</b>
      <span className="min-w-0 break-words text-muted">{children}</span>
      {action}
    </p>
  );
}
