"use client";
import { useTranslations } from "use-intl";

/** Marks a node that is the same server process as others. */
export function SharedProcessTag({ others }: { readonly others: readonly string[] }) {
  const t = useTranslations("status.sharedProcess");
  return (
    <>
      <span
        title={t("means", { nodes: others.join(", ") })}
        className="rounded-[5px] border border-line px-1 text-2xs text-muted"
      >
        {t("tag")}
      </span>{" "}
    </>
  );
}
