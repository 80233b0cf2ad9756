"use client";
import { useTranslations } from "use-intl";

/** Marks a node that another process polls; unobtrusive, because with several shards most rows carry it. */
export function PeerShardTag() {
  const t = useTranslations("status.elsewhere");
  return (
    <>
      <span className="rounded-[5px] border border-line px-1 text-2xs text-muted">
        <span className="max-md:sr-only">{t("tag")}</span>
        <span aria-hidden="true" className="md:hidden">
          ↗
        </span>
      </span>{" "}
    </>
  );
}
