import type { ReactNode } from "react";
import { classNames } from "../class-names";

export const TONES = ["ok", "warn", "crit", "off"] as const;
export type Tone = (typeof TONES)[number];

const STYLES: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  crit: "bg-crit-soft text-crit",
  off: "bg-line-soft text-muted",
};

/** A shape for each tone, so that colour is never the only signal. */
export function ToneGlyph({ tone }: { readonly tone: Tone }) {
  return (
    <svg viewBox="0 0 8 8" width="7" height="7" aria-hidden="true" className="shrink-0" fill="currentColor">
      {tone === "ok" && <circle cx="4" cy="4" r="3.6" />}
      {tone === "warn" && <path d="M4 .4 8 7.6H0Z" />}
      {tone === "crit" && <rect x=".6" y=".6" width="6.8" height="6.8" rx=".8" />}
      {tone === "off" && <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" strokeWidth="1.3" />}
    </svg>
  );
}

interface TagProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A short state in words, with colour and shape. */
export function Tag({ tone, title, children }: TagProps) {
  return (
    <span
      title={title}
      className={classNames(
        "inline-flex items-center gap-1.5 whitespace-nowrap rounded-[5px] px-[7px] py-px font-medium text-[11.5px]",
        STYLES[tone],
      )}
    >
      <ToneGlyph tone={tone} />
      {children}
    </span>
  );
}
