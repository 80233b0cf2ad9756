import "server-only";
import compile from "icu-minify/compile";
import type { Locale } from "./locale";
import { LATER, type LaterNamespace, type Messages, messagesOf } from "./messages";

type Tree = { readonly [key: string]: string | Tree };

function compiled(tree: Tree): object {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "string" ? compile(value) : compiled(value),
    ]),
  );
}

/** React passes only objects with the usual prototype from the server to the browser; the compiler's have none. */
function plain(messages: object): Messages {
  return JSON.parse(JSON.stringify(messages)) as Messages;
}

const byLocale = new Map<Locale, Messages>();

/**
 * The texts of a language with every ICU message parsed already, so that browsers need no parser. The
 * `use-intl/format-message` alias in `next.config.ts` is the other half: it formats parsed messages only.
 */
export function compiledMessagesOf(locale: Locale): Messages {
  let messages = byLocale.get(locale);
  if (messages === undefined) {
    messages = plain(compiled(messagesOf(locale) as unknown as Tree));
    byLocale.set(locale, messages);
  }
  return messages;
}

/** The namespaces that every page gets. */
export function firstMessagesOf(locale: Locale): Messages {
  const later: ReadonlySet<string> = new Set(LATER);
  const first = Object.entries(compiledMessagesOf(locale)).filter(([namespace]) => !later.has(namespace));
  return Object.fromEntries(first) as unknown as Messages;
}

/** The namespaces that a page names. */
export function laterMessagesOf(locale: Locale, namespaces: readonly LaterNamespace[]): Partial<Messages> {
  const all = compiledMessagesOf(locale);
  return Object.fromEntries(namespaces.map((namespace) => [namespace, all[namespace]]));
}
