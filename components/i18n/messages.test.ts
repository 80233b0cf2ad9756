import compile from "icu-minify/compile";
import formatCompiled from "icu-minify/format";
import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import { LACKING_REASONS } from "@/lib/model/node/capability";
import { ATTENTION_KINDS } from "@/lib/model/node/health";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import { REASON_CODES } from "@/lib/model/node/reasons";
import { LOCALES } from "./locale";
import { messagesOf } from "./messages";

type Tree = { readonly [key: string]: string | Tree };

/** Every text by its full key. */
function textsOf(tree: Tree, path = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${path}${key}`, value] as const] : [...textsOf(value, `${path}${key}.`)],
    ),
  );
}

/** The placeholders of an ICU message: `{name}`, `{name, plural, …}` and tags, at any depth. */
function placeholdersOf(text: string): string[] {
  const names = new Set<string>();
  for (const [, name] of text.matchAll(/\{\s*(\w+)\s*(?=[,}])/g)) names.add(name ?? "");
  for (const [, name] of text.matchAll(/<(\w+)>/g)) names.add(`<${name}>`);
  // The branches of a plural contain plain words in braces: in `, one {node}` and `} other {nodes}` both are text.
  for (const [, word] of text.matchAll(/(?<=[,}]\s*)(?:one|other|=\d+|few|many)\s*\{(\w+)\}/g)) {
    names.delete(word ?? "");
  }
  return [...names].sort();
}

function formattersOf() {
  return {
    getDateTimeFormat: (...args: ConstructorParameters<typeof Intl.DateTimeFormat>) =>
      new Intl.DateTimeFormat(...args),
    getNumberFormat: (...args: ConstructorParameters<typeof Intl.NumberFormat>) =>
      new Intl.NumberFormat(...args),
    getPluralRules: (...args: ConstructorParameters<typeof Intl.PluralRules>) =>
      new Intl.PluralRules(...args),
  };
}

const english = textsOf(messagesOf("en") as unknown as Tree);
const japanese = textsOf(messagesOf("ja") as unknown as Tree);

describe("the two languages", () => {
  it("have the same keys in every namespace", () => {
    expect([...japanese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("fill the same placeholders into each text", () => {
    const differing = [...english].filter(
      ([key, text]) => placeholdersOf(text).join() !== placeholdersOf(japanese.get(key) ?? "").join(),
    );
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  it("have no empty text except separators between sentences", () => {
    const empty = [...english, ...japanese].filter(([key, text]) => text === "" && !key.endsWith("between"));
    expect(empty).toEqual([]);
  });

  it.each(LOCALES)("are well-formed ICU messages (%s)", (locale) => {
    const problems: string[] = [];
    const t = createTranslator({
      locale,
      messages: messagesOf(locale),
      onError: (error) => problems.push(error.message),
    });
    for (const [key, text] of textsOf(messagesOf(locale) as unknown as Tree)) {
      const values = Object.fromEntries(placeholdersOf(text).map((name) => [name, 1]));
      if (!placeholdersOf(text).some((name) => name.startsWith("<"))) t(key as never, values as never);
    }
    expect(problems).toEqual([]);
  });

  it.each(LOCALES)(
    "are the same when parsed on the server and only formatted in the browser (%s)",
    (locale) => {
      const formatters = formattersOf();
      const parsing = createTranslator({ locale, messages: messagesOf(locale) });
      for (const [key, text] of textsOf(messagesOf(locale) as unknown as Tree)) {
        // Texts with tags are formatted by the page.
        if (/<\w+>/.test(text)) continue;
        for (const count of [1, 2]) {
          const values = Object.fromEntries(placeholdersOf(text).map((name) => [name, count]));
          expect(formatCompiled(compile(text), locale, values, { formatters })).toBe(
            parsing(key as never, values as never),
          );
        }
      }
    },
  );

  it.each(LOCALES)("have a text for every status, reason, missing capability and kind (%s)", (locale) => {
    const { status, fleet } = messagesOf(locale);
    expect(Object.keys(status.status)).toEqual([...NODE_STATUSES]);
    expect(Object.keys(status.reason)).toEqual(REASON_CODES);
    expect(Object.keys(status.short)).toEqual(REASON_CODES);
    expect(Object.keys(status.lacking)).toEqual([...LACKING_REASONS]);
    expect(Object.keys(fleet.attention.kinds)).toEqual([...ATTENTION_KINDS]);
  });
});
