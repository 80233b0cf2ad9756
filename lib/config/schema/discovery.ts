import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import { formatHostPort, isHostName, parsePort, splitHostPort } from "@/lib/model/node/node-address";
import { HOUR_MS } from "@/lib/model/time";
import { duration, forwardIssues, mapping, oneOf, readText } from "./parts";
import { httpUrl, requestKeys } from "./request";

/* Schema of the entries of `discover`: each has exactly one of the four keys. */

const FILE_PATTERN =
  "paths that end in .json, .yaml or .yml, such as targets/*.json; * is allowed in the last part";

/** Whether a text is a pattern: `*` in the last part only, and an extension that distinguishes JSON from YAML. */
function isFilePattern(text: string): boolean {
  return /^(?:[^*\0]*\/)?[^/\0]*\.(?:json|ya?ml)$/i.test(text) && !/[*]{2}/.test(text);
}

const refresh = duration(5_000, HOUR_MS).optional();

const pattern = readText(FILE_PATTERN, (text) => (isFilePattern(text) ? text : { allowed: FILE_PATTERN }));
const PATTERNS = 'a list of 1 to 100 paths such as ["targets/*.json"]';
const fileSd = mapping({
  fileSd: z.array(pattern, { error: PATTERNS }).min(1, { error: PATTERNS }).max(100, { error: PATTERNS }),
}).transform((entry) => ({ kind: "fileSd" as const, ...entry }));

const URL_SHAPE =
  "an http or https address without a user name, such as http://inventory.example.net/memcached";
const httpSd = mapping({
  httpSd: httpUrl(URL_SHAPE),
  ...requestKeys,
  refresh,
}).transform((entry) => ({ kind: "httpSd" as const, ...entry }));

const DOMAIN = "a full host or service name such as _memcached._tcp.cache.svc.cluster.local";
const domain = readText(DOMAIN, (text) => (isHostName(text) ? text.toLowerCase() : { allowed: DOMAIN }));
const PORT = "a port from 1 to 65535";
const port = z.int({ error: PORT }).min(1, { error: PORT }).max(65_535, { error: PORT });
const RESOLVER = "the address of a name server such as 10.0.0.2, 10.0.0.2:5353 or [fd00::2]:53";
const resolver = readText(RESOLVER, (text) => {
  const parts = ipaddr.IPv6.isValid(text) ? { host: text, port: null } : splitHostPort(text);
  if (parts === null || !ipaddr.isValid(parts.host) || parts.host.includes("%")) return { allowed: RESOLVER };
  if (!parts.host.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(parts.host))
    return { allowed: RESOLVER };
  const number = parts.port === null ? 53 : parsePort(parts.port);
  return number === null ? { allowed: RESOLVER } : formatHostPort(parts.host, number);
});
const RESOLVERS = 'a list of 1 to 8 name servers such as ["10.0.0.2"]';
const dns = mapping({
  dns: domain,
  type: oneOf(["SRV", "A", "AAAA"]),
  port: port.optional(),
  resolvers: z
    .array(resolver, { error: RESOLVERS })
    .min(1, { error: RESOLVERS })
    .max(8, { error: RESOLVERS })
    .optional(),
  refresh,
}).transform((entry) => ({ kind: "dns" as const, ...entry }));

const ENDPOINT =
  "the configuration endpoint of a cluster, such as sessions.abc.cfg.apne1.cache.amazonaws.com:11211";
const endpoint = readText(ENDPOINT, (text) => {
  const result = parseNodeAddress(text);
  if (!result.ok) return { allowed: result.allowed };
  return result.address.kind === "tcp" ? result.address : { allowed: ENDPOINT };
});
const elasticache = mapping({ elasticache: endpoint, refresh }).transform((entry) => ({
  kind: "elasticache" as const,
  ...entry,
}));

const SHAPES = { fileSd, httpSd, dns, elasticache } as const;
type Kind = keyof typeof SHAPES;
const KINDS = Object.keys(SHAPES) as Kind[];
const ONE_OF = `a mapping with exactly one of ${KINDS.join(", ")}`;

export type DiscoverEntry = z.output<(typeof SHAPES)[Kind]>;

/** One entry of `discover`. */
export const discoverEntry = z.unknown().transform((value, context): DiscoverEntry => {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const kinds = KINDS.filter((kind) => keys.includes(kind));
  const [kind] = kinds;
  if (kind !== undefined && kinds.length === 1) {
    const result = SHAPES[kind].safeParse(value);
    if (result.success) return result.data;
    forwardIssues(result.error.issues, value, context);
    return z.NEVER;
  }
  const extra = kinds.length > 1 ? kinds.slice(1) : [];
  for (const key of extra) {
    context.issues.push({
      code: "custom",
      path: [key],
      message: `${ONE_OF}, not together with ${kind}`,
      input: value,
    });
  }
  if (extra.length === 0) context.issues.push({ code: "custom", message: ONE_OF, input: value });
  return z.NEVER;
});
