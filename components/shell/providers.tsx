"use client";
import { type ReactNode, useEffect } from "react";
import { IntlProvider } from "@/components/i18n/intl-provider";
import type { Locale } from "@/components/i18n/locale";
import type { Messages } from "@/components/i18n/messages";
import { followTheme } from "./theme/theme";

interface ProvidersProps {
  readonly locale: Locale;
  readonly messages: Messages;
  readonly timeZone: string;
  readonly nowMs: number;
  readonly children: ReactNode;
}

/** Theme and language, for every page. */
export function Providers({ locale, messages, timeZone, nowMs, children }: ProvidersProps) {
  useEffect(followTheme, []);
  return (
    <IntlProvider locale={locale} messages={messages} timeZone={timeZone} nowMs={nowMs}>
      {children}
    </IntlProvider>
  );
}
