"use client";
import type { ReactNode } from "react";
import { Brand } from "@/components/shell/brand";
import { LanguageSwitch } from "@/components/shell/language-switch";
import { ThemeSwitch } from "@/components/shell/theme/theme-switch";
import { UtcToggle } from "@/components/shell/time-range/utc-toggle";

interface SharedFrameProps {
  /** Beside the logo: the freshness of the page. */
  readonly fresh?: ReactNode;
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of a shared page: logo, language and theme, without navigation. */
export function SharedFrame({ fresh, footer, children }: SharedFrameProps) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-[980px] flex-col px-3 md:px-6">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-line border-b py-3">
        <Brand />
        <div className="min-w-0">{fresh}</div>
        <div data-print="no" className="ml-auto flex items-center gap-0.5">
          <UtcToggle />
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" className="flex-1 py-5">
        {children}
      </main>
      {footer && <footer className="border-line border-t py-3 text-muted text-xs">{footer}</footer>}
    </div>
  );
}
