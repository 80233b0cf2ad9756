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
  const sentences = sentencesOf(locale)[family];
  const text = typeof sentences === "object" ? sentences[verdict] : undefined;
  return typeof text === "string" ? text : undefined;
}

/** The names of a message's placeholders and selectors. */
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
  it("exist for every check and verdict of the probes, and use only its values", () => {
    for (const [family, verdict, figures] of PAIRS) {
      const text = sentence(locale, family, verdict);
      expect(text, `${family}.${verdict}`).toBeDefined();
      const beyond = namesIn(text ?? "").filter((name) => !figures.includes(name));
      expect(beyond, `${family}.${verdict}`).toEqual([]);
    }
  });

  it("exist for no other check or verdict", () => {
    const pairs = Object.entries(sentencesOf(locale)).flatMap(([family, messages]) =>
      typeof messages === "string" ? [] : Object.keys(messages).map((verdict) => `${family}.${verdict}`),
    );
    const known = PAIRS.map(([family, verdict]) => `${family}.${verdict}`);
    expect(pairs.filter((pair) => !known.includes(pair))).toEqual(["advisory.unknown"]);
  });
});

describe("a finding in words", () => {
  const finding = { check: "udp-answers", verdict: "open" as Verdict, title: "English", figures: {} };
  const udp = { port: 11211, requestBytes: 17, replyBytes: 1400, datagrams: 1, error: null, settingPort: 0 };

  it("reports the amplification, and that it contradicts the settings", () => {
    const open = {
      ...finding,
      figures: { ...udp, amplification: 82.35, agreement: "answers-though-off" },
    };
    expect(say("en", open)).toBe(
      "Answers UDP on port 11211: 17 bytes sent, 1,400 bytes received (82.35×), although UDP is disabled in its settings",
    );
    expect(say("ja", open)).toBe(
      "UDP ポート 11211 が応答します: 送信 17 バイト、受信 1,400 バイト (82.35 倍)。設定では UDP は無効です",
    );
  });

  it("never reports silence as safe", () => {
    const silent = {
      ...finding,
      verdict: "no-answer" as Verdict,
      figures: { ...udp, agreement: "agrees", note: "" },
    };
    expect(say("en", silent)).toContain("which proves nothing");
    expect(say("ja", silent)).toContain("安全とは判断できません");
  });

  it("omits values that the node does not report", () => {
    const evictions = {
      check: "evictions",
      verdict: "fail" as Verdict,
      title: "English",
      figures: { count: 3, window: "start", ageSeconds: null, unfetchedShare: null, advice: "none" },
    };
    expect(say("en", evictions)).toBe("Evicted 3 items since start");
    for (const locale of LOCALES) expect(say(locale, evictions)).not.toContain(NONE);
  });

  it("names an advisory without an ID by its effect", () => {
    const figures = { id: "", what: "crash", version: "1.6.40", fixedIn: "1.6.42", marked: "no" };
    const advisory = { check: "advisory:x", title: "English", figures: { ...figures, condition: "watched" } };
    expect(say("en", { ...advisory, verdict: "unknown" })).toBe(
      "“crash” is fixed upstream in 1.6.42; this node reports 1.6.40. It applies only if mutations are being watched, which the node doesn’t report",
    );
  });

  it("explains why a check was not evaluated", () => {
    const unknown = { ...finding, verdict: "unknown" as Verdict };
    expect(say("en", { ...unknown, figures: { reason: "no route" } })).toBe("Not evaluated: no route");
    expect(say("en", { ...unknown, figures: { port: 1 } })).toBe("Not evaluated: English");
    expect(say("ja", { ...unknown, check: "advisory:x", figures: { reason: "x" } })).toBe("判定なし: x");
    expect(say("en", { ...unknown, check: "verbosity", figures: { name: "verbosity", reason: "x" } })).toBe(
      "Not evaluated: the node doesn’t report verbosity",
    );
  });
});
