import { z } from "zod";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "@/lib/model/time";
import { isHostEntry, readHost } from "../allowed-hosts";
import { formatDuration, parseDuration } from "../duration";
import { LABEL_NAME, LABEL_NAME_SHAPE, MAX_LABEL_VALUE } from "../labels";
import { parseListen } from "../listen";
import { parseShard } from "../shard";
import { authSchema } from "./auth";
import { discoverEntry } from "./discovery";
import { historySchema } from "./history";
import { duration, forwardIssues, mapping, oneOf, path, readText, trueOrFalse, wholeNumber } from "./parts";
import { MAX_WEIGHT, parseServerEntry, type ServerEntry } from "./server-entry";

/*
 * Schema of the configuration file. Every message names what is allowed; `problems.ts` adds what was found and where.
 */

/** A duration, or `off`, which is null. */
function durationOrOff(atLeast: number, atMost: number) {
  const allowed = `off, or a duration from ${formatDuration(atLeast)} to ${formatDuration(atMost)}, such as 6h`;
  return readText(allowed, (text) => {
    if (text === "off") return null;
    const ms = parseDuration(text);
    return ms === null || ms < atLeast || ms > atMost ? { allowed } : ms;
  });
}

const LISTEN = "an address such as 127.0.0.1:3000 or [::1]:3000";
const listen = readText(LISTEN, (text) => parseListen(text) ?? { allowed: LISTEN });

const PUBLIC_URL =
  "the http or https address of this dashboard without path, such as https://memfleet.example.net";
const publicUrl = readText(PUBLIC_URL, (text) => {
  if (!URL.canParse(text)) return { allowed: PUBLIC_URL };
  const url = new URL(text);
  const plain =
    url.pathname === "/" && url.search === "" && url.hash === "" && url.username + url.password === "";
  return plain && /^https?:$/.test(url.protocol) && readHost(url.host) !== null
    ? url.origin
    : { allowed: PUBLIC_URL };
});

const HOST = "a host name or address with or without a port, a network such as 10.0.0.0/8, or *.example.net";
const allowedHost = readText(HOST, (text) => (isHostEntry(text) ? text.toLowerCase() : { allowed: HOST }));

const SHARD = "the index of this process, from 0, and the number of processes: 0/3, 1/3 or 2/3";
const shard = readText(SHARD, (text) => parseShard(text) ?? { allowed: SHARD });

const USERNAME = "a user name of 1 to 250 characters without spaces";
const credentials = mapping({
  username: z.string({ error: USERNAME }).regex(/^[\x21-\x7e\u00a0-\uffff]{1,250}$/, { error: USERNAME }),
  password: z.string({ error: "text; put it in quotes" }).optional(),
  passwordFile: path("the path of a password file").optional(),
});

const pem = z.string({ error: "text in PEM form" }).optional();
const tls = mapping({
  ca: pem,
  caFile: path("the path of a file in PEM form").optional(),
  cert: pem,
  certFile: path("the path of a file in PEM form").optional(),
  key: pem,
  keyFile: path("the path of a file in PEM form").optional(),
  servername: path("a host name").optional(),
  insecureSkipVerify: trueOrFalse.default(false),
});

const signIn = mapping({ sasl: credentials.optional(), ascii: credentials.optional() });
const protocol = oneOf(["auto", "text", "binary"]);

interface Server extends ServerEntry {
  readonly id: string;
}
const address = readText<Server>("an address such as 10.0.0.11:11211", (text) => {
  const result = parseServerEntry(text);
  if (!result.ok) return { allowed: result.allowed };
  const { address, weight, credentials } = result;
  return { id: formatNodeAddress(address), address, weight, credentials };
});

/** A node of a pool with settings that override the pool's. */
const serverWithSettings = mapping({
  address,
  weight: wholeNumber(1, MAX_WEIGHT).optional(),
  protocol: protocol.optional(),
  auth: signIn.optional(),
  tls: tls.optional(),
});
export type ServerSettings = z.output<typeof serverWithSettings>;

/** An entry of `servers`: an address, or a mapping with the address and its own settings. */
const server = z.unknown().transform((value, context): ServerSettings => {
  const isAddress = typeof value !== "object" || value === null;
  const result = serverWithSettings.safeParse(isAddress ? { address: value } : value);
  if (result.success) return result.data;
  forwardIssues(result.error.issues, value, context, isAddress ? [] : undefined);
  return z.NEVER;
});

const POOL_NAME =
  "a name of 1 to 64 letters, digits, dots, dashes and underscores, not starting with a dot or dash";
const pool = mapping({
  name: z.string({ error: POOL_NAME }).regex(/^[a-z0-9_][a-z0-9._-]{0,63}$/i, { error: POOL_NAME }),
  labels: z
    .record(
      z.string().regex(LABEL_NAME_SHAPE, { error: LABEL_NAME }),
      z
        .string({ error: "text; put it in quotes" })
        .max(MAX_LABEL_VALUE, { error: `at most ${MAX_LABEL_VALUE} characters` }),
      { error: (issue) => (issue.code === "invalid_key" ? LABEL_NAME : "a mapping of names to text") },
    )
    .default({}),
  hashing: oneOf(["ketama", "modulo"]).default("ketama"),
  servers: z.array(server, { error: 'a list of addresses such as ["10.0.0.11:11211"]' }).default([]),
  discover: z
    .array(discoverEntry, { error: 'a list such as [{ fileSd: ["targets/*.json"] }]' })
    .max(100, { error: "at most 100 sources" })
    .default([]),
  protocol: protocol.default("auto"),
  auth: signIn.optional(),
  tls: tls.optional(),
});

/** The complete file. Scalars are optional: the environment may set them, and `load.ts` has the defaults. */
export const fileSchema = mapping({
  listen: listen.optional(),
  publicUrl: publicUrl.optional(),
  allowedHosts: z.array(allowedHost, { error: "a list of host names" }).optional(),
  dataDir: path("the path of a folder").optional(),
  readOnly: trueOrFalse.optional(),
  poll: mapping({
    interval: duration(SECOND_MS, HOUR_MS).optional(),
    timeout: duration(50, MINUTE_MS).optional(),
    connectTimeout: duration(50, MINUTE_MS).optional(),
    concurrency: wholeNumber(1, 10_000).optional(),
  }).optional(),
  history: historySchema.optional(),
  shard: shard.optional(),
  probes: mapping({
    udp: trueOrFalse.optional(),
    schedule: durationOrOff(HOUR_MS, 30 * DAY_MS).optional(),
  }).optional(),
  pools: z.array(pool, { error: "a list of pools" }).optional(),
  auth: authSchema.optional(),
});

export type FileSettings = z.output<typeof fileSchema>;
export type PoolSettings = z.output<typeof pool>;
export type SignInSettings = z.output<typeof signIn>;
export type CredentialSettings = z.output<typeof credentials>;
export type TlsSettings = z.output<typeof tls>;
