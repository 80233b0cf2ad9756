"use client";
import { type ReactNode, useMemo } from "react";
import { IntlProvider, useLocale, useMessages } from "use-intl";
import type { Messages } from "./messages";

interface MoreMessagesProps {
  readonly messages: Partial<Messages>;
  readonly children: ReactNode;
}

/** Adds namespaces to the texts that the page has already. */
export function MoreMessages({ messages, children }: MoreMessagesProps) {
  const locale = useLocale();
  const before = useMessages();
  const all = useMemo(() => ({ ...before, ...messages }), [before, messages]);
  return (
    <IntlProvider locale={locale} messages={all}>
      {children}
    </IntlProvider>
  );
}
