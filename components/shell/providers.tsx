"use client";
import { ThemeProvider } from "next-themes";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { IntlProvider } from "../i18n/intl-provider";
import type { Locale } from "../i18n/locale";
import type { Messages } from "../i18n/messages";

interface ProvidersProps {
  readonly locale: Locale;
  readonly messages: Messages;
  readonly timeZone: string;
  readonly nowMs: number;
  readonly nonce: string | undefined;
  readonly children: ReactNode;
}

/** What every page stands on: theme, URL state, language. */
export function Providers({ locale, messages, timeZone, nowMs, nonce, children }: ProvidersProps) {
  return (
    <ThemeProvider attribute="data-theme" nonce={nonce} disableTransitionOnChange>
      <NuqsAdapter>
        <IntlProvider locale={locale} messages={messages} timeZone={timeZone} nowMs={nowMs}>
          {children}
        </IntlProvider>
      </NuqsAdapter>
    </ThemeProvider>
  );
}
