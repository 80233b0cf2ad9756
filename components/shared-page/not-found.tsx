"use client";
import { useTranslations } from "use-intl";
import { Empty } from "@/components/ui/placeholder/empty";
import { SharedFrame } from "./frame";

/** The page for every link that does not work: the reasons must not be distinguishable. */
export function ShareNotFound() {
  const t = useTranslations("share.gone");
  return (
    <SharedFrame>
      <h1 className="sr-only">{t("title")}</h1>
      <Empty title={t("title")}>
        <p>{t("text")}</p>
      </Empty>
    </SharedFrame>
  );
}
