import { PHRASES, phrase } from "@/lib/model/findings/phrases";
import { parseVersion } from "@/lib/model/node/server-version";
import { failed, notApplicable, passed, printableValue, unknown } from "../../check-builders";
import type { Check, Probe, SharedStats } from "../../contract";
import { excludesText, settingsExcludeText } from "../../text-commands";
import { ADVISORIES, type Advisory, VERSION_FLOOR } from "./advisories";
import { conditionOf, type ReportedFacts } from "./conditions";
import { isBefore, parseUpstreamVersion, type UpstreamVersion } from "./upstream-version";

/** Compares the reported version and options with upstream's advisories. Sends no exploit. */
export const advisories: Probe = {
  name: "advisories",
  deadlineMs: 10_000,
  async run(target) {
    const stats = await target.stats();
    return judgeAdvisories(stats, target.view.version, excludesText(stats.settings, target));
  },
};

/**
 * `version-floor`, and `advisory:<slug>` for every advisory that affects this version: `fail` when its condition holds,
 * `not-applicable` when it doesn't, `unknown` when the node doesn't report it. `textless`: it takes no text commands.
 */
export function judgeAdvisories(
  stats: Pick<SharedStats, "general" | "settings"> & Partial<Pick<SharedStats, "problem">>,
  lastVersion: string | null,
  textless = settingsExcludeText(stats.settings),
): readonly Check[] {
  // An earlier version proves nothing about a node that doesn't respond now.
  if (stats.general === null && stats.settings === null) {
    return [noVersion(null, stats.problem?.general ?? phrase("notResponding"))];
  }
  const text = stats.general?.get("version") ?? lastVersion;
  const version = parseVersion(text) === null ? null : parseUpstreamVersion(text);
  if (version === null) return [noVersion(text, phrase("noVersion"))];
  const reported = printableValue(text ?? undefined) ?? "";
  const facts = { general: stats.general, settings: stats.settings, version, textless };
  const affecting = ADVISORIES.filter((advisory) => affects(advisory, version));
  return [
    judgeFloor(version, reported, affecting.length),
    ...affecting.map((advisory) => judgeAdvisory(advisory, facts, reported)),
  ];
}

function noVersion(text: string | null, reason: string): Check {
  const version = printableValue(text ?? undefined);
  const versions = { version, floor: VERSION_FLOOR };
  return unknown(reason, { check: "version-floor", figures: versions, evidence: versions });
}

function affects({ fixedIn, introducedIn }: Advisory, version: UpstreamVersion): boolean {
  return isBefore(version, fixedIn) && (introducedIn === undefined || !isBefore(version, introducedIn));
}

/** Added when the version number alone may be misleading. */
function backports({ suffix }: UpstreamVersion): string {
  return suffix === "" ? "" : "; this is a modified build and may include backported fixes";
}

/** Whether a build adds a suffix to upstream's version number. */
function marked({ suffix }: UpstreamVersion): "yes" | "no" {
  return suffix === "" ? "no" : "yes";
}

function judgeFloor(version: UpstreamVersion, reported: string, advisoryCount: number): Check {
  const check = "version-floor";
  const figures = { version: reported, floor: VERSION_FLOOR, marked: marked(version) };
  const evidence = {
    version: reported,
    floor: VERSION_FLOOR,
    suffix: printableValue(version.suffix),
    advisories: advisoryCount,
  };
  if (!isBefore(version, VERSION_FLOOR)) {
    return passed({ check, title: `${reported} is at least ${VERSION_FLOOR}`, figures, evidence });
  }
  const title = `According to upstream, ${reported} lacks security fixes up to ${VERSION_FLOOR}${backports(version)}`;
  return failed("warning", { check, title, figures, evidence });
}

interface AdvisoryFacts extends ReportedFacts {
  readonly textless: boolean;
}

function judgeAdvisory(advisory: Advisory, facts: AdvisoryFacts, reported: string): Check {
  const { slug, ids, what, fixedIn, introducedIn, source, certainty } = advisory;
  const outOfReach = advisory.needsText === true && facts.textless;
  const condition = outOfReach ? "textReachable" : advisory.condition;
  const name = ids.length === 0 ? `"${what}"` : `${ids.join(", ")} (${what})`;
  const state = conditionOf(condition, facts);
  const { holds, detail } = outOfReach ? { ...state, holds: false } : state;
  const base = {
    check: `advisory:${slug}`,
    figures: {
      id: ids.join(", "),
      what,
      version: reported,
      fixedIn,
      condition,
      marked: marked(facts.version),
    },
    evidence: {
      version: reported,
      fixedIn,
      introducedIn: introducedIn ?? null,
      ids: [...ids],
      condition: PHRASES[condition],
      seen: printableValue(detail),
      source,
      certainty,
    },
  };
  const fix = `${name} is fixed upstream in ${fixedIn}; this node reports ${reported}`;
  if (holds === true) return failed("warning", { ...base, title: `${fix}${backports(facts.version)}` });
  const applies = `${fix}. It applies only if ${PHRASES[condition]}, which`;
  if (holds === false) return notApplicable({ ...base, title: `${applies} is not the case` });
  const title = `${applies} the node doesn't report`;
  return {
    ...base,
    title,
    figures: { ...base.figures, reason: title },
    verdict: "unknown",
    severity: "info",
  };
}
