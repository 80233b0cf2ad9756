/**
 * English phrases in reasons and evidence. Probes write them by name; a page recognizes them and shows them in the
 * reader's language (`diagnostics.phrase` in the messages). Texts stored by other versions stay English.
 */
export const PHRASES = {
  auditUnavailable: "the audit log can't be written",
  memfleetFailed: "Memfleet failed; see the server log",
  noAddress: "there is no address to connect to",
  noConnectionLimit: "the node doesn't report its connection limit",
  noCredentials: "authentication is required, but no credentials are configured",
  noEvictionCounter: "the node doesn't count evictions",
  noLatency: "the response time was not measured",
  noListenDisabledCounter: "the node doesn't count how often it stops accepting connections",
  noListeners: "the node doesn't report where it listens",
  noOutOfMemoryCounters: "the node doesn't count out-of-memory errors",
  noSettings: "the node doesn't report its settings",
  noTime: "the node doesn't report its time",
  notResponding: "the node doesn't respond",
  noUdpSetting: "the node doesn't report whether UDP, which TLS doesn't cover, is enabled",
  noValidity: "the certificate doesn't state a validity period",
  noVersion: "version unknown: the node doesn't report an upstream version number",
  runEnded: "the run ended before the probe had a result",
  tlsNoResponse: "no response to a TLS handshake in time, so it is unknown whether TLS is offered",
  always: "the version is affected",
  binaryReachable: "the binary protocol is accepted",
  sasl: "SASL is enabled",
  authfile: "an authfile is used",
  udpListens: "UDP is enabled",
  udpListensWithSasl: "UDP and SASL are enabled",
  unixSocket: "the node listens on a unix socket",
  proxy: "the proxy is used",
  dumpEnabled: "listing keys is allowed",
  watched: "mutations are being watched",
  textReachable: "text commands are accepted",
  versionWithoutAuthfile: "this version has no authfile",
  versionWithoutDump: "this version can't list keys",
  noProxyStats: "stats has no proxy_ entries",
  proxyStats: "stats has proxy_ entries",
  confirmed: "confirmed",
  confirmedWithoutId: "confirmed, no ID",
  fromSource: "from the source code",
  idNotInReleaseNotes: "ID not in the release notes",
  idUnconfirmed: "ID unconfirmed",
  mappingInferred: "mapping inferred",
  generatedUser: "generated for this attempt",
  notReported: "the node doesn't report {name}",
  unknownForm: "the node reports {name} in an unknown format",
  localNames: "the node listens on names that only its own machine can resolve: {addresses}",
  otherUdpService: "a service other than memcached answers on UDP port {port} ({bytes} bytes)",
  udpRateLimit:
    "UDP port {port} was not probed because of the rate limit; the next request may be sent in {seconds} s",
  probeTimeout: "the probe had no result within {seconds} s",
  settingNotReported: "{name} is not reported",
  settingSet: "{name} is set",
  observedOn: "observed on {versions}",
  difference: "{name}: {value} here, {majority} on {nodes} nodes",
  evictionsOff: "{setting}: stores fail when memory is full (-M)",
  detailEnabled: "{setting}: every command is counted by key prefix (stats detail on)",
  slabReassignOff: "{setting}: memory of a slab class is never moved to another (-o no_slab_reassign)",
  slabAutomoveAggressive: "{setting}: every eviction moves a page (-o slab_automove=2)",
  lruCrawlerOff: "{setting}: expired items keep their memory until they are read (-o no_lru_crawler)",
  lruMaintainerOff: "{setting}: client threads maintain the LRU",
  keyNotFound: "key not found (status {status})",
  keyExists: "key exists (status {status})",
  valueTooLarge: "value too large (status {status})",
  notStored: "not stored (status {status})",
  authenticationRequired: "authentication required (status {status})",
  unknownCommand: "unknown command (status {status})",
  outOfMemory: "out of memory (status {status})",
  otherValue: "another value (status {status})",
  otherStatus: "status {status}",
} as const;
export type PhraseName = keyof typeof PHRASES;

/** The English text of a phrase. */
export function phrase(name: PhraseName, values: Readonly<Record<string, string | number>> = {}): string {
  return PHRASES[name].replaceAll(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}

export interface ParsedPhrase {
  readonly name: PhraseName;
  readonly values: Readonly<Record<string, string>>;
}

/** The phrase that a text is, with its values; null for any other text. */
export function parsePhrase(text: string): ParsedPhrase | null {
  for (const { name, pattern } of PATTERNS) {
    const match = pattern.exec(text);
    if (match !== null) return { name, values: { ...match.groups } };
  }
  return null;
}

const NAMES = Object.keys(PHRASES) as PhraseName[];

/** Fixed texts first: one with a placeholder may match them too. */
const PATTERNS = [
  ...NAMES.filter((name) => !PHRASES[name].includes("{")),
  ...NAMES.filter((name) => PHRASES[name].includes("{")),
].map((name) => ({ name, pattern: patternOf(PHRASES[name]) }));

function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll(/\{(\w+)\}/g, "(?<$1>.+)")}$`, "s");
}
