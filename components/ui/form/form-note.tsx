import type { ReactNode } from "react";
import { type Tone, ToneGlyph } from "../status/tag";

const STYLES: Record<Tone, { readonly box: string; readonly glyph: string }> = {
  ok: { box: "bg-ok-soft", glyph: "text-ok" },
  warn: { box: "bg-warn-soft", glyph: "text-warn" },
  crit: { box: "bg-crit-soft", glyph: "text-crit" },
  off: { box: "bg-line-soft", glyph: "text-muted" },
};

/** A sentence inside a form or dialog: an error or a hint. Errors are announced at once. */
export function FormNote({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <div
      role={tone === "crit" ? "alert" : undefined}
      className={`flex items-baseline gap-2 rounded-lg px-3 py-2 ${STYLES[tone].box}`}
    >
      <span className={STYLES[tone].glyph}>
        <ToneGlyph tone={tone} />
      </span>
      <div className="min-w-0 flex-1 break-words">{children}</div>
    </div>
  );
}
