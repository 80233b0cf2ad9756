"use client";
import { type ReactNode, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { CopyButton } from "@/components/ui/copy/button";
import type { Remedy } from "@/lib/model/findings/finding.schema";

/** How to fix a finding, one tool at a time. Nothing is ever run from here. */
export function Remedies({ remedies }: { readonly remedies: readonly Remedy[] }) {
  const t = useTranslations("diagnostics.remedy");
  const locale = useLocale();
  const [chosen, setChosen] = useState(0);
  const shown = locale === "ja" ? remedies.map(inJapanese) : remedies;
  const options = shown.filter((remedy) => !ALWAYS.has(remedy.for));
  const option = options[Math.min(chosen, options.length - 1)];
  return (
    <div className="flex flex-col gap-2.5">
      <p className="text-muted text-xs">{t("neverRun")}</p>
      {shown
        .filter((remedy) => remedy.for === "explanation" || remedy.for === "cost")
        .map((remedy) => (
          <Part key={`${remedy.for} ${remedy.title}`} title={t(`kind.${remedy.for}`)}>
            <p className="max-w-[90ch] whitespace-pre-line">{remedy.text}</p>
          </Part>
        ))}
      {options.length > 0 && (
        <label className="flex items-center gap-2">
          <span className="text-muted">{t("way")}</span>
          <select
            value={chosen}
            onChange={(event) => setChosen(Number(event.target.value))}
            className="control min-w-0"
          >
            {options.map((remedy, index) => {
              const kind = t(`kind.${remedy.for}`);
              return (
                <option key={`${remedy.for} ${remedy.title}`} value={index}>
                  {kind === remedy.title ? kind : t("option", { kind, title: remedy.title })}
                </option>
              );
            })}
          </select>
        </label>
      )}
      {option !== undefined && <Text remedy={option} />}
      {shown
        .filter((remedy) => remedy.for === "verify")
        .map((remedy) => (
          <Part key={remedy.title} title={t("verify", { title: remedy.title })}>
            <Text remedy={remedy} />
          </Part>
        ))}
    </div>
  );
}

/** Shown whichever option is chosen. */
const ALWAYS: ReadonlySet<Remedy["for"]> = new Set(["explanation", "cost", "verify"]);

/** Findings stored by older versions have English only. */
function inJapanese(remedy: Remedy): Remedy {
  const { ja } = remedy;
  return ja === undefined ? remedy : { ...remedy, title: ja.title, text: ja.text ?? remedy.text };
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h4 className="mb-1 text-muted text-xs">{title}</h4>
      {children}
    </div>
  );
}

function Text({ remedy }: { readonly remedy: Remedy }) {
  const t = useTranslations("diagnostics.remedy");
  return (
    <div className="relative">
      <section
        aria-label={remedy.title}
        {...{ tabIndex: 0 }}
        className="max-h-80 overflow-auto rounded-lg bg-line-soft px-3 py-2 pr-10"
      >
        <pre className="font-mono text-2xs">{remedy.text}</pre>
      </section>
      <div className="absolute top-1.5 right-1.5">
        <CopyButton text={remedy.text} label={t("copy")} />
      </div>
    </div>
  );
}
