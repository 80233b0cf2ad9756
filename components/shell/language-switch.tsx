"use client";
import { Languages } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "use-intl";
import { LOCALE_COOKIE, LOCALES } from "@/components/i18n/locale";
import { Menu } from "@/components/ui/overlay/menu";
import { savePreference } from "@/lib/client/preference";

/** Each language by its own name, so that users find theirs from any language. */
const NAMES = { en: "English", ja: "日本語" } as const;

export function LanguageSwitch() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  return (
    <Menu
      tone="quiet"
      label={t("language", { language: NAMES[locale] })}
      trigger={
        <>
          <Languages size={14} aria-hidden="true" />
          <span className="hidden md:inline">{NAMES[locale]}</span>
        </>
      }
      items={LOCALES.map((choice) => ({
        label: NAMES[choice],
        onSelect: () => {
          savePreference(LOCALE_COOKIE, choice);
          router.refresh();
        },
      }))}
    />
  );
}
