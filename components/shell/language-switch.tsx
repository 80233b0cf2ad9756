"use client";
import { Languages } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "use-intl";
import { LANGUAGE_NAMES, LOCALE_COOKIE, LOCALES } from "@/components/i18n/locale";
import { Menu } from "@/components/ui/overlay/menu";
import { savePreference } from "@/lib/client/preference";

export function LanguageSwitch() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  return (
    <Menu
      tone="quiet"
      label={t("language", { language: LANGUAGE_NAMES[locale] })}
      trigger={
        <>
          <Languages size={14} aria-hidden="true" />
          <span className="hidden md:inline">{LANGUAGE_NAMES[locale]}</span>
        </>
      }
      items={LOCALES.map((choice) => ({
        label: LANGUAGE_NAMES[choice],
        onSelect: () => {
          savePreference(LOCALE_COOKIE, choice);
          router.refresh();
        },
      }))}
    />
  );
}
