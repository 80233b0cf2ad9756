"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { ApiError } from "@/lib/client/api";
import { startEvents } from "@/lib/client/events";
import { queryKeys } from "@/lib/client/query-keys";
import type { Fleet } from "@/lib/model/fleet";
import { IntlProvider } from "../i18n/intl-provider";
import type { Locale } from "../i18n/locale";
import type { Messages } from "../i18n/messages";
import { followTheme } from "./theme";

/** A client error does not go away by asking again; an overloaded or unreachable server may. */
function worthRetrying(failures: number, error: Error): boolean {
  const { status = 0 } = error as Partial<ApiError>;
  return failures < 2 && (status === 0 || status === 503);
}

function createClient(fleet: Fleet): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { retry: worthRetrying } } });
  client.setQueryData(queryKeys.fleet, fleet);
  return client;
}

interface ProvidersProps {
  readonly locale: Locale;
  readonly messages: Messages;
  readonly timeZone: string;
  readonly nowMs: number;
  readonly fleet: Fleet;
  readonly children: ReactNode;
}

/** Everything a page stands on: language, query cache, event stream, theme. */
export function Providers({ locale, messages, timeZone, nowMs, fleet, children }: ProvidersProps) {
  const [client] = useState(() => createClient(fleet));
  useEffect(() => startEvents(client), [client]);
  useEffect(followTheme, []);
  return (
    <IntlProvider locale={locale} messages={messages} timeZone={timeZone} nowMs={nowMs}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </IntlProvider>
  );
}
