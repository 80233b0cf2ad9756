"use client";
import { useTranslations } from "use-intl";

/** Notes that several nodes are one server process; `count`: nodes that share one. */
export default function SharedProcessNote({ count }: { readonly count: number }) {
  const t = useTranslations("status.sharedProcess");
  return <p className="mt-2 text-muted text-xs">{t("some", { count })}</p>;
}
