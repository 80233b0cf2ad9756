import "server-only";
import { createTranslator } from "use-intl/core";
import { compiledMessagesOf } from "@/components/i18n/compiled-messages";
import { getLocale } from "@/components/i18n/request-locale";
import { Empty } from "@/components/ui/placeholder/empty";
import { ViewLink } from "@/components/ui/view-link";

/** There is no such page, node or pool. Rendered by the server alone. */
export async function NotFoundPage() {
  const locale = await getLocale();
  const t = createTranslator({ locale, messages: compiledMessagesOf(locale), namespace: "shell.notFound" });
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
