"use client";
import { type ReactNode, useEffect, useState } from "react";
import { IntlProvider as Provider } from "use-intl";
import { savePreference } from "@/lib/client/preference";
import { useUtc } from "@/lib/client/view-state";
import { type Locale, TIME_ZONE_COOKIE } from "./locale";
import type { Messages } from "./messages";

interface IntlProviderProps {
  readonly locale: Locale;
  readonly messages: Messages;
  /** The zone the server rendered in: the browser's own when it is known already. */
  readonly timeZone: string;
  /** When the server rendered, Unix milliseconds. */
  readonly nowMs: number;
  readonly children: ReactNode;
}

/** Language, texts and time zone for everything inside. The time zone is the browser's, or UTC by switch. */
export function IntlProvider({ locale, messages, timeZone, nowMs, children }: IntlProviderProps) {
  const [utc] = useUtc();
  const [browserZone, setBrowserZone] = useState(timeZone);
  const [now] = useState(() => new Date(nowMs));

  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    setBrowserZone(zone);
    savePreference(TIME_ZONE_COOKIE, zone);
  }, []);

  return (
    <Provider locale={locale} messages={messages} timeZone={utc ? "UTC" : browserZone} now={now}>
      {children}
    </Provider>
  );
}
