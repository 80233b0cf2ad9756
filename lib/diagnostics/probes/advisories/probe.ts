import { failed, notApplicable, passed, printableValue, unknown } from "../../check-builders";
import type { Check, Probe, SharedStats } from "../../contract";
import { ADVISORIES, type Advisory, VERSION_FLOOR } from "./advisories";
import { CONDITION_TEXT, conditionOf, type ReportedFacts } from "./conditions";
import { isBefore, parseUpstreamVersion, type UpstreamVersion } from "./upstream-version";

/** The version and the options a node tells, against what upstream has told. Nothing is tried. */
export const advisories: Probe = {
  name: "advisories",
  deadlineMs: 10_000,
  async run(target) {
    return judgeAdvisories(await target.stats(), target.view.version);
  },
};

/**
 * `version-floor`, and `advisory:<slug>` for every advisory whose versions take in this one: `fail` when its
 * condition holds, `not-applicable` when it does not, `unknown` when the node does not tell.
 */
export function judgeAdvisories(
  statements: Pick<SharedStats, "general" | "settings"> & Partial<Pick<SharedStats, "problem">>,
  seenVersion: string | null,
): readonly Check[] {
  // What was known before says nothing about a node that does not answer now.
  if (statements.general === null && statements.settings === null) {
    const why = statements.problem?.general ?? "the node does not answer";
    return [noVersion(null, `Nothing can be said: ${why}`)];
  }
  const text = statements.general?.get("version") ?? seenVersion;
  const version = parseUpstreamVersion(text);
  if (version === null) return [noVersion(text, "The node does not tell a version that upstream numbers")];
  const told = printableValue(text ?? undefined) ?? "";
  const said = { general: statements.general, settings: statements.settings, version };
  const concerned = ADVISORIES.filter((advisory) => concerns(advisory, version));
  return [
    judgeFloor(version, told, concerned.length),
    ...concerned.map((advisory) => judgeOne(advisory, said, told)),
  ];
}

function noVersion(text: string | null, title: string): Check {
  const version = printableValue(text ?? undefined);
  return unknown({
    check: "version-floor",
    title,
    figures: { version, floor: VERSION_FLOOR },
    evidence: { version, floor: VERSION_FLOOR },
  });
}

function concerns({ fixedIn, introducedIn }: Advisory, version: UpstreamVersion): boolean {
  return isBefore(version, fixedIn) && (introducedIn === null || !isBefore(version, introducedIn));
}

/** What to add when the number alone may say too much. */
function backports({ suffix }: UpstreamVersion): string {
  return suffix === ""
    ? ""
    : "; this build carries a mark of its own and may have fixes that the number hides";
}

/** Whether a build names itself beside upstream's number. */
function marked({ suffix }: UpstreamVersion): "yes" | "no" {
  return suffix === "" ? "no" : "yes";
}

function judgeFloor(version: UpstreamVersion, told: string, concerned: number): Check {
  const figures = { version: told, floor: VERSION_FLOOR, marked: marked(version) };
  const evidence = {
    version: told,
    floor: VERSION_FLOOR,
    suffix: printableValue(version.suffix),
    advisories: concerned,
  };
  const check = "version-floor";
  if (!isBefore(version, VERSION_FLOOR)) {
    return passed({ check, title: `${told} is at or above ${VERSION_FLOOR}`, figures, evidence });
  }
  return failed("warning", {
    check,
    title: `Upstream says that security fixes up to ${VERSION_FLOOR} are missing in ${told}${backports(version)}`,
    figures,
    evidence,
  });
}

function judgeOne(advisory: Advisory, said: ReportedFacts, told: string): Check {
  const { slug, ids, what, fixedIn, introducedIn, condition, source, certainty } = advisory;
  const name = ids.length === 0 ? what : `${ids.join(", ")} (${what})`;
  const { holds, detail: seen } = conditionOf(condition, said);
  const when = CONDITION_TEXT[condition];
  const common = {
    check: `advisory:${slug}`,
    figures: { id: ids.join(", "), what, version: told, fixedIn, condition, marked: marked(said.version) },
    evidence: {
      ...{
        version: told,
        fixedIn,
        introducedIn,
        ids: [...ids],
        condition: when,
        seen: printableValue(seen),
        source,
      },
      certainty,
    },
  };
  const says = `Upstream says that ${name} is fixed in ${fixedIn}; this node says ${told}`;
  if (holds === null) {
    return unknown({ ...common, title: `${says}. It matters where ${when}, which the node does not tell` });
  }
  if (!holds)
    return notApplicable({ ...common, title: `${says}. It matters where ${when}, which is not so` });
  return failed("warning", { ...common, title: `${says}${backports(said.version)}` });
}
