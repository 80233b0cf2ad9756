"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useTranslations } from "use-intl";
import { Menu } from "@/components/ui/overlay/menu";
import { chooseTheme, THEMES, useTheme } from "./theme";

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeSwitch() {
  const t = useTranslations("shell");
  const theme = useTheme();
  const Icon = ICONS[theme];
  return (
    <Menu
      tone="quiet"
      label={t("theme", { theme: t(`themes.${theme}`) })}
      trigger={
        <>
          <Icon size={14} aria-hidden="true" />
          <span className="hidden md:inline">{t(`themes.${theme}`)}</span>
        </>
      }
      items={THEMES.map((choice) => ({ label: t(`themes.${choice}`), onSelect: () => chooseTheme(choice) }))}
    />
  );
}
