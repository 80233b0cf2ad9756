"use client";
/** What the palette does besides opening pages and nodes: verbs, found by typing them. */
import { useRouter } from "next/navigation";
import { useTranslations } from "use-intl";
import { LANGUAGE_NAMES, LOCALE_COOKIE, LOCALES } from "@/components/i18n/locale";
import { nodePath, useCarried } from "@/components/ui/view-link";
import { savePreference } from "@/lib/client/preference";
import { RANGE_NAMES, useWindow } from "@/lib/client/view-state";
import type { Node } from "@/lib/model/node/node.schema";
import { chooseTheme, THEMES } from "./theme/theme";

export interface PaletteCommand {
  readonly key: string;
  readonly label: string;
  readonly run: () => void;
}

/** Verbs for the first of the found nodes, time ranges, themes, and languages; all whose words hold every typed one. */
export function usePaletteCommands(search: string, node: Node | undefined): readonly PaletteCommand[] {
  const t = useTranslations("shell");
  const router = useRouter();
  const carried = useCarried();
  const { setRange } = useWindow();
  const go = (path: string) => () => router.push(carried(path));
  const ofNode: PaletteCommand[] =
    node === undefined
      ? []
      : [
          { key: "diagnose", path: `${nodePath(node.id)}?tab=diagnostics` },
          { key: "keys", path: `${nodePath(node.id)}?tab=keys` },
          { key: "compareNode", path: `/compare?node=${encodeURIComponent(node.id)}` },
        ].map(({ key, path }) => ({
          key: `${key} ${node.id}`,
          label: t(`palette.${key as "diagnose" | "keys" | "compareNode"}`, { node: node.id }),
          run: go(path),
        }));
  const others: PaletteCommand[] = [
    ...RANGE_NAMES.map((range) => ({
      key: `range ${range}`,
      label: `${t("window.label")}: ${t(`window.ranges.${range}`)}`,
      run: () => setRange(range),
    })),
    ...THEMES.map((theme) => ({
      key: `theme ${theme}`,
      label: t("theme", { theme: t(`themes.${theme}`) }),
      run: () => chooseTheme(theme),
    })),
    ...LOCALES.map((locale) => ({
      key: `language ${locale}`,
      label: t("language", { language: LANGUAGE_NAMES[locale] }),
      run: () => {
        savePreference(LOCALE_COOKIE, locale);
        router.refresh();
      },
    })),
  ];
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  // Nodes are what most people look for: without a word, verbs stay out of the way.
  if (words.length === 0) return [];
  const matches = ({ label }: PaletteCommand) => words.every((word) => label.toLowerCase().includes(word));
  return [...others.filter(matches), ...ofNode];
}
