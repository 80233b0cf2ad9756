"use client";
import { useMemo } from "react";
import { useLocale, useTranslations } from "use-intl";
import { PageBar } from "@/components/shell/page-bar";
import { FilterField } from "@/components/ui/form/filter-field";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { Table, Td, Th } from "@/components/ui/table";
import { ERROR_CODES, lookUpError } from "@/lib/catalogue/error-codes";
import { text, useParameter } from "@/lib/client/url-params";

/** Errors with meaning and fix, by number, name or log line. */
export function ErrorCodesPage() {
  const t = useTranslations("tools.codes");
  const locale = useLocale();
  const [search, setSearch] = useParameter("q", text);
  const codes = useMemo(() => (search.trim() === "" ? ERROR_CODES : lookUpError(search)), [search]);
  return (
    <>
      <PageBar title={t("title")} charts={false} />
      <Panel
        padded={false}
        title={<Hint text={t("meaning")}>{t("title")}</Hint>}
        subtitle={t("count", { count: codes.length })}
      >
        <div className="px-3.5 pb-2.5">
          <FilterField label={t("search")} value={search} onChange={(value) => setSearch(value || null)} />
        </div>
        {codes.length === 0 ? (
          <p className="px-3.5 pb-3 text-muted">{t("nothing")}</p>
        ) : (
          <Table label={t("title")}>
            <thead>
              <tr>
                <Th className="max-md:hidden">{t("from")}</Th>
                <Th>{t("code")}</Th>
                <Th>{t("says")}</Th>
                <Th className="max-md:hidden">{t("try")}</Th>
              </tr>
            </thead>
            <tbody>
              {codes.map((code) => (
                <tr key={`${code.family} ${code.code} ${code.name}`} className="align-top hover:bg-line-soft">
                  <Td className="text-muted max-md:hidden">{t(`kind.${code.family}`)}</Td>
                  <Td className="wrap-anywhere whitespace-normal font-mono text-xs max-md:w-[45%] md:w-96">
                    {code.code}
                    {code.name !== code.code && <span className="ml-2 font-semibold">{code.name}</span>}
                    {code.says !== null && <span className="block text-muted">{code.says}</span>}
                    <span className="block font-sans text-faint md:hidden">{t(`kind.${code.family}`)}</span>
                  </Td>
                  <Td className="whitespace-normal">
                    {code.meaning[locale]}
                    {code.remedy !== null && (
                      <span className="block text-muted text-xs md:hidden">{code.remedy[locale]}</span>
                    )}
                  </Td>
                  <Td className="whitespace-normal text-muted max-md:hidden">
                    {code.remedy?.[locale] ?? "–"}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </>
  );
}
