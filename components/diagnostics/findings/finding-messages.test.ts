import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import { LOCALES } from "@/components/i18n/locale";
import { messagesOf } from "@/components/i18n/messages";
import type { Verdict } from "@/lib/model/findings/finding";
import { FINDING_FIGURES } from "@/tests/diagnostics/finding-figures";
import { findingMessage, NONE } from "./finding-message";

type Tree = { readonly [key: string]: string | Tree };

const PAIRS = Object.entries(FINDING_FIGURES).flatMap(([family, verdicts]) =>
  Object.entries(verdicts as Readonly<Record<string, readonly string[]>>).map(
    ([verdict, figures]) => [family, verdict as Verdict, figures] as const,
  ),
);

function sentencesOf(locale: (typeof LOCALES)[number]): Tree {
  return messagesOf(locale).diagnostics.sentences as Tree;
}

function sentence(locale: (typeof LOCALES)[number], family: string, verdict: string): string | undefined {
  const said = sentencesOf(locale)[family];
  const text = typeof said === "object" ? said[verdict] : undefined;
  return typeof text === "string" ? text : undefined;
}

/** Names that a message is filled with or chooses by. */
function namesIn(message: string): string[] {
  return [
    ...new Set([...message.matchAll(/(?<!(?:one|other|=\d+) )\{(\w+)[,}]/g)].map(([, name]) => name ?? "")),
  ];
}

function say(locale: (typeof LOCALES)[number], finding: Parameters<typeof findingMessage>[0]): string {
  const t = createTranslator({
    locale,
    messages: messagesOf(locale),
    namespace: "diagnostics.sentences",
    onError: (error) => {
      throw error;
    },
  });
  const { key, values } = findingMessage(finding);
  return t(key as never, values as never);
}

describe.each(LOCALES)("the sentences of findings (%s)", (locale) => {
  it("are there for every check and verdict that probes give, and use nothing but its figures", () => {
    for (const [family, verdict, figures] of PAIRS) {
      const text = sentence(locale, family, verdict);
      expect(text, `${family}.${verdict}`).toBeDefined();
      const beyond = namesIn(text ?? "").filter((name) => !figures.includes(name));
      expect(beyond, `${family}.${verdict}`).toEqual([]);
    }
  });

  it("are of no check and verdict beside these", () => {
    const pairs = Object.entries(sentencesOf(locale)).flatMap(([family, said]) =>
      typeof said === "string" ? [] : Object.keys(said).map((verdict) => `${family}.${verdict}`),
    );
    const known = PAIRS.map(([family, verdict]) => `${family}.${verdict}`);
    expect(pairs.filter((pair) => !known.includes(pair))).toEqual(["advisory.unknown"]);
  });
});

describe("a finding in words", () => {
  const finding = { check: "udp-answers", verdict: "open" as Verdict, title: "English", figures: {} };
  const udp = { port: 11211, requestBytes: 17, replyBytes: 1400, datagrams: 1, error: null, settingPort: 0 };

  it("says the amplification, and that the settings deny it", () => {
    const open = {
      ...finding,
      figures: { ...udp, amplification: 82.35, agreement: "answers-though-off" },
    };
    expect(say("en", open)).toBe(
      "UDP port 11211 answers: 17 bytes brought 1,400 bytes back (82.35 times), although its settings say that UDP is off",
    );
    expect(say("ja", open)).toBe(
      "UDP ポート 11211 が応答します: 17 バイトの要求に 1,400 バイトが返りました (82.35 倍)。設定では UDP は無効です",
    );
  });

  it("never takes silence for safety", () => {
    const silent = {
      ...finding,
      verdict: "no-answer" as Verdict,
      figures: { ...udp, agreement: "agrees", note: "" },
    };
    expect(say("en", silent)).toContain("which proves nothing");
    expect(say("ja", silent)).toContain("何も証明されません");
  });

  it("leaves out what the node does not tell", () => {
    const evictions = {
      check: "evictions",
      verdict: "fail" as Verdict,
      title: "English",
      figures: { count: 3, window: "start", ageSeconds: null, unfetchedShare: null, advice: "none" },
    };
    expect(say("en", evictions)).toBe("It evicted 3 items since its start");
    for (const locale of LOCALES) expect(say(locale, evictions)).not.toContain(NONE);
  });

  it("names an advisory without an id by what happens", () => {
    const figures = { id: "", what: "crash", version: "1.6.40", fixedIn: "1.6.42", marked: "no" };
    const advisory = { check: "advisory:x", title: "English", figures: { ...figures, condition: "watched" } };
    expect(say("en", { ...advisory, verdict: "unknown" })).toBe(
      "Upstream says that “crash” is fixed in 1.6.42; this node says 1.6.40. It matters where somebody watches mutations, which the node does not tell",
    );
  });

  it("says why nothing can be said, whatever the check", () => {
    const unknown = { ...finding, verdict: "unknown" as Verdict };
    expect(say("en", { ...unknown, figures: { reason: "no route" } })).toBe("Not judged: no route");
    expect(say("en", { ...unknown, figures: { port: 1 } })).toBe("Not judged: English");
    expect(say("ja", { ...unknown, check: "advisory:x", figures: { reason: "x" } })).toBe(
      "判定できません: x",
    );
    expect(say("en", { ...unknown, check: "verbosity", figures: { name: "verbosity", reason: "x" } })).toBe(
      "The node does not tell verbosity, or in no known form, so this is not judged",
    );
  });
});
