"use client";
import { Search } from "lucide-react";
import { useTranslations } from "use-intl";
import { useListState } from "@/lib/client/view-state";

/** Free-text search over nodes; `/` focuses it, Escape clears it. */
export function NodeSearch() {
  const t = useTranslations("fleet.filters");
  const [{ q }, setList] = useListState();
  return (
    <label className="relative max-sm:order-last flex w-full items-center sm:w-[250px]">
      <span className="sr-only">{t("search")}</span>
      <Search size={13} aria-hidden="true" className="absolute left-2.5 text-faint" />
      <input
        type="search"
        data-search
        value={q}
        placeholder={t("searchHint")}
        onChange={(event) => setList({ q: event.target.value || null })}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setList({ q: null });
          event.currentTarget.blur();
        }}
        className="control peer w-full pr-7 pl-[28px] placeholder:text-faint"
      />
      <span
        aria-hidden="true"
        className="absolute right-2 hidden rounded border border-line px-1 font-mono text-2xs text-faint peer-focus:hidden sm:block"
      >
        /
      </span>
    </label>
  );
}
