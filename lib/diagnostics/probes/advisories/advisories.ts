/**
 * Known vulnerabilities of memcached. Versions are upstream's: distributions backport fixes without changing the
 * version number. A new one is a row here, and a text under `diagnostics.advisory` in both languages.
 */
import { phrase } from "@/lib/model/findings/phrases";
import type { AdvisoryCondition } from "./conditions";

/** Earlier versions lack fixes of security releases; most of those in 1.6.42 never got a CVE ID. */
export const VERSION_FLOOR = "1.6.45";

export interface Advisory {
  /** Stable: part of the check's name. */
  readonly slug: string;
  /** CVE IDs; many advisories have none. */
  readonly ids: readonly string[];
  readonly fixedIn: string;
  /** Missing: unknown, so every earlier version counts as affected. */
  readonly introducedIn?: string;
  readonly condition: AdvisoryCondition;
  /** It takes a text command. */
  readonly needsText?: true;
  /** The impact, English; pages translate it by slug. */
  readonly what: string;
  readonly source: string;
  /** How certain the row is: an English phrase. */
  readonly certainty: string;
}

export const ADVISORIES: readonly Advisory[] = [
  {
    slug: "cve-2011-4971",
    ids: ["CVE-2011-4971"],
    fixedIn: "1.4.16",
    condition: "binaryReachable",
    what: "a crafted packet crashes the server",
    source: "ReleaseNotes1416; id from public exploit module",
    certainty: phrase("idNotInReleaseNotes"),
  },
  {
    slug: "cve-2013-7239",
    ids: ["CVE-2013-7239"],
    fixedIn: "1.4.17",
    condition: "sasl",
    what: "SASL authentication bypass on the second request",
    source: "ReleaseNotes1417; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2016-8704-8705-8706",
    ids: ["CVE-2016-8704", "CVE-2016-8705", "CVE-2016-8706"],
    fixedIn: "1.4.33",
    condition: "binaryReachable",
    what: "remote code execution; the SASL part was fixed in 1.4.34",
    source: "ReleaseNotes1433, ReleaseNotes1434",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2018-1000127",
    ids: ["CVE-2018-1000127"],
    fixedIn: "1.4.37",
    condition: "always",
    what: "integer overflow causes memory corruption or a deadlock",
    source: "ReleaseNotes1437; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2017-9951",
    ids: ["CVE-2017-9951"],
    fixedIn: "1.4.39",
    condition: "binaryReachable",
    what: "a buffer over-read crashes the server",
    source: "ReleaseNotes1439 names it",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2018-1000115",
    ids: ["CVE-2018-1000115"],
    fixedIn: "1.5.6",
    condition: "udpListens",
    what: "UDP reflection with very large amplification",
    source: "ReleaseNotes156; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2019-11596",
    ids: ["CVE-2019-11596"],
    fixedIn: "1.5.14",
    introducedIn: "1.5.0",
    condition: "always",
    needsText: true,
    what: "lru mode or lru temp_ttl crashes the server",
    source: "ReleaseNotes1514",
    certainty: phrase("observedOn", { versions: "1.5.6" }),
  },
  {
    slug: "cve-2019-15026",
    ids: ["CVE-2019-15026"],
    fixedIn: "1.5.17",
    condition: "unixSocket",
    needsText: true,
    what: "a buffer over-read in stats conns",
    source: "ReleaseNotes1517",
    certainty: phrase("mappingInferred"),
  },
  {
    slug: "udp-bypasses-sasl",
    ids: [],
    fixedIn: "1.5.20",
    condition: "udpListensWithSasl",
    what: "commands over UDP bypass authentication",
    source: "ReleaseNotes1520",
    certainty: phrase("confirmedWithoutId"),
  },
  {
    slug: "cve-2020-10931",
    ids: ["CVE-2020-10931"],
    fixedIn: "1.6.2",
    introducedIn: "1.6.0",
    condition: "binaryReachable",
    what: "a buffer overflow in the binary header crashes the server",
    source: "ReleaseNotes162; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2020-22570",
    ids: ["CVE-2020-22570"],
    fixedIn: "1.6.3",
    introducedIn: "1.6.0",
    condition: "always",
    needsText: true,
    what: "a meta command crashes the server",
    source: "ReleaseNotes163; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2022-48571",
    ids: ["CVE-2022-48571"],
    fixedIn: "1.6.8",
    introducedIn: "1.6.0",
    condition: "udpListens",
    what: "multi-packet UDP uploads crash the server",
    source: "ReleaseNotes168",
    certainty: phrase("idUnconfirmed"),
  },
  {
    slug: "cve-2021-37519",
    ids: ["CVE-2021-37519"],
    fixedIn: "1.6.10",
    condition: "authfile",
    what: "a buffer overflow when reading the authfile (local)",
    source: "ReleaseNotes1610; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "stats-extstore",
    ids: [],
    fixedIn: "1.6.10",
    introducedIn: "1.6.0",
    condition: "always",
    needsText: true,
    what: "stats extstore crashes servers without extstore",
    source: "ReleaseNotes1610",
    certainty: phrase("observedOn", { versions: "1.6.9" }),
  },
  {
    slug: "cve-2023-46852",
    ids: ["CVE-2023-46852"],
    fixedIn: "1.6.22",
    condition: "proxy",
    needsText: true,
    what: "a buffer overflow in multigets",
    source: "ReleaseNotes1622; advisory",
    certainty: phrase("confirmed"),
  },
  {
    slug: "cve-2023-46853",
    ids: ["CVE-2023-46853"],
    fixedIn: "1.6.22",
    condition: "proxy",
    needsText: true,
    what: "an off-by-one error on a bare newline",
    source: "ReleaseNotes1622; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "metadump-closed-early",
    ids: [],
    fixedIn: "1.6.26",
    condition: "dumpEnabled",
    needsText: true,
    what: "a metadump that the client closes early crashes the server",
    source: "ReleaseNotes1626",
    certainty: phrase("confirmedWithoutId"),
  },
  {
    slug: "cve-2026-47783",
    ids: ["CVE-2026-47783"],
    fixedIn: "1.6.42",
    condition: "sasl",
    what: "timing differences of the password database reveal user names",
    source: "commit d13f282b4; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "binary-set-too-large-while-mutations-are-watched",
    ids: [],
    fixedIn: "1.6.42",
    introducedIn: "1.5.0",
    condition: "watched",
    needsText: true,
    what: "an oversized binary set crashes the server",
    source: "commit 32ea7d8b5",
    certainty: phrase("observedOn", { versions: "1.5.6 to 1.6.40" }),
  },
  {
    slug: "security-release",
    ids: [],
    fixedIn: "1.6.42",
    condition: "always",
    what: "many memory-safety fixes without IDs, including very large authfile tokens and slabs reassign",
    source: "ReleaseNotes1642",
    certainty: phrase("confirmedWithoutId"),
  },
  {
    slug: "authfile-switched-off-by-listener-prefix",
    ids: [],
    fixedIn: "1.6.43",
    condition: "authfile",
    what: "-l proto disables authentication",
    source: "commit 3791d9eda",
    certainty: phrase("fromSource"),
  },
  {
    slug: "cve-2026-90698",
    ids: ["CVE-2026-90698"],
    fixedIn: "1.6.44",
    introducedIn: "1.6.41",
    condition: "authfile",
    what: "empty lines cause an out-of-bounds read",
    source: "commit af05c9302; CVE record",
    certainty: phrase("confirmed"),
  },
  {
    slug: "dump-buffer-overflow",
    ids: [],
    fixedIn: "1.6.44",
    condition: "dumpEnabled",
    needsText: true,
    what: "a dump client that stops reading overflows a buffer",
    source: "commit 7eeac6e9a",
    certainty: phrase("fromSource"),
  },
  {
    slug: "fixes-after-1-6-44",
    ids: [],
    fixedIn: "1.6.45",
    condition: "always",
    what: "slab automove crash, use after free in the logger, and parser fixes",
    source: "commits 6ab74b585, e7793811f",
    certainty: phrase("fromSource"),
  },
];

const PATCHABLE_CHECKS: ReadonlySet<string> = new Set([
  "version-floor",
  ...ADVISORIES.map(({ slug }) => `advisory:${slug}`),
]);

/** Whether a check is about a fix that a build may include although its version number suggests otherwise. */
export function isPatchable(check: string): boolean {
  return PATCHABLE_CHECKS.has(check);
}
