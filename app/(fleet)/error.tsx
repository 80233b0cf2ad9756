"use client";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/placeholder/empty";

/** A page that failed while rendering, inside the intact shell. */
export default function PageError({ reset }: { readonly reset: () => void }) {
  const t = useTranslations("shell.crash");
  return (
    <div role="alert" className="panel mt-6 px-4">
      <h1 className="sr-only">{t("title")}</h1>
      <Empty title={t("title")}>
        <p>{t("text")}</p>
        <Button onClick={reset} className="mt-2">
          {t("retry")}
        </Button>
      </Empty>
    </div>
  );
}
