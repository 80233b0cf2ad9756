import "server-only";
import type { ReactNode } from "react";
import { laterMessagesOf } from "./compiled-messages";
import type { LaterNamespace } from "./messages";
import { MoreMessages } from "./more-messages";
import { getLocale } from "./request-locale";

interface PageMessagesProps {
  readonly namespaces: readonly LaterNamespace[];
  readonly children: ReactNode;
}

/** Texts that only this page needs, for everything inside. */
export async function PageMessages({ namespaces, children }: PageMessagesProps) {
  return <MoreMessages messages={laterMessagesOf(await getLocale(), namespaces)}>{children}</MoreMessages>;
}
