import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { firstMessagesOf } from "@/components/i18n/compiled-messages";
import { getLocale, getTimeZone } from "@/components/i18n/request-locale";
import { Providers } from "@/components/shell/providers";
import { ThemeScript } from "@/components/shell/theme/theme-script";
import "./globals.css";

// Language and nonce depend on the current request.
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Memfleet", template: "%s · Memfleet" },
  description: "Monitor and manage your memcached fleet.",
  robots: { index: false, follow: false },
  referrer: "same-origin",
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#151920" },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [locale, timeZone, sent] = await Promise.all([getLocale(), getTimeZone(), headers()]);
  return (
    // The theme's script sets data-theme before React sees the document.
    <html lang={locale} suppressHydrationWarning>
      <body>
        <ThemeScript nonce={sent.get("x-nonce") ?? undefined} />
        <Providers locale={locale} messages={firstMessagesOf(locale)} timeZone={timeZone} nowMs={Date.now()}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
