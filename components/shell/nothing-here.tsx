"use client";
import { useTranslations } from "use-intl";
import { Empty } from "../ui/empty";
import { ViewLink } from "../ui/view-link";

/** There is no such page, node or pool. */
export function NothingHere() {
  const t = useTranslations("shell.notFound");
  return (
    <div className="panel mt-6 px-4">
      <h1 className="sr-only">{t("title")}</h1>
      <Empty title={t("title")}>
        <p>{t("text")}</p>
        <ViewLink href="/" className="control mt-2">
          {t("back")}
        </ViewLink>
      </Empty>
    </div>
  );
}
