"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import { Menu } from "../ui/menu";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

const never = () => () => undefined;

export function ThemeSwitch() {
  const t = useTranslations("shell");
  const { theme, setTheme } = useTheme();
  // The choice is in the browser's storage: the server renders the default.
  const hydrated = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const current: Theme = hydrated ? (THEMES.find((each) => each === theme) ?? "system") : "system";
  const Icon = ICONS[current];
  return (
    <Menu
      tone="quiet"
      label={t("theme", { theme: t(`themes.${current}`) })}
      trigger={
        <>
          <Icon size={14} aria-hidden="true" />
          <span className="hidden md:inline">{t(`themes.${current}`)}</span>
        </>
      }
      items={THEMES.map((each) => ({ label: t(`themes.${each}`), onSelect: () => setTheme(each) }))}
    />
  );
}
