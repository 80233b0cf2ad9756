/**
 * Nodes by DNS: every address of a name (A, AAAA), or every target of a service (SRV, RFC 2782).
 *
 * No such name, and a name without such records, are no answers to be believed: a cluster that is being
 * reconfigured looks the same. Where several name servers are asked the union of their answers counts; one that
 * does not answer keeps what it said last, and one that knows nothing of the name adds nothing.
 */
import { Resolver } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import type { DnsSettings } from "@/lib/config/contract";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import { formatHostPort, formatNodeAddress } from "@/lib/model/node/node-address";
import { type DiscoveryResult, type DiscoverySource, SourceUnavailable } from "./contract";
import { TargetList } from "./target-list";

/** No sooner asked again than this, however short the records' TTL. */
const MIN_TTL_MS = 5_000;
const TRY_MS = 2_000;
const TRIES = 2;

/** The records one name server gave, as `host:port`. */
interface Records {
  readonly addresses: readonly string[];
  /** The shortest TTL among them, in milliseconds; null where the system's resolver does not tell it. */
  readonly ttlMs: number | null;
}
const NOTHING: Records = { addresses: [], ttlMs: null };

export function openDns(settings: DnsSettings): DiscoverySource {
  const servers = settings.resolvers.length === 0 ? [null] : settings.resolvers;
  const voices = servers.map((server) => new Voice(settings, server));
  return { ask: (signal) => askAll(voices, settings, signal) };
}

async function askAll(
  voices: readonly Voice[],
  settings: DnsSettings,
  signal: AbortSignal,
): Promise<DiscoveryResult> {
  const silent: string[] = [];
  await Promise.all(
    voices.map((voice) =>
      voice.listen(signal).catch((error: unknown) => {
        if (!(error instanceof SourceUnavailable)) throw error;
        silent.push(error.message);
      }),
    ),
  );
  if (silent.length === voices.length) throw new SourceUnavailable(silent.join("; "));
  const records = voices.map((voice) => voice.said);
  if (records.every(({ addresses }) => addresses.length === 0)) {
    throw new SourceUnavailable([`no ${settings.type} record of ${settings.domain}`, ...silent].join("; "));
  }
  const list = new TargetList();
  for (const text of records.flatMap(({ addresses }) => addresses)) {
    const result = parseNodeAddress(text);
    if (result.ok) list.add({ id: formatNodeAddress(result.address), address: result.address, labels: {} });
    else list.refuse(`found ${JSON.stringify(text.slice(0, 300))}, allowed ${result.allowed}`);
  }
  const ttlMs = Math.min(settings.refreshMs, ...records.flatMap((each) => each.ttlMs ?? []));
  const holdsMs = Math.min(settings.refreshMs, Math.max(MIN_TTL_MS, ttlMs));
  return { targets: list.targets, problems: [...silent, ...list.faults], ttlMs: holdsMs };
}

/** One name server, and what it said last. */
class Voice {
  said: Records = NOTHING;

  constructor(
    private readonly settings: DnsSettings,
    /** Null for the system's name servers. */
    private readonly server: string | null,
  ) {}

  async listen(signal: AbortSignal): Promise<void> {
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (this.server !== null) resolver.setServers([this.server]);
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      this.said = await this.ask(resolver);
    } catch (error) {
      const code = codeOf(error);
      if (code === null) throw error;
      if (!UNKNOWN.has(code)) throw new SourceUnavailable(`${this.server ?? "the name server"}: ${code}`);
      this.said = NOTHING;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  private async ask(resolver: Resolver): Promise<Records> {
    const { domain, type, port } = this.settings;
    if (type === "SRV") {
      const records = await resolver.resolveSrv(domain);
      return { addresses: records.map(({ name, port: own }) => hostPort(name, own)), ttlMs: null };
    }
    const records =
      type === "A"
        ? await resolver.resolve4(domain, { ttl: true })
        : await resolver.resolve6(domain, { ttl: true });
    return {
      addresses: records.map(({ address }) => hostPort(address, port)),
      ttlMs: Math.min(...records.map(({ ttl }) => ttl * 1_000)),
    };
  }
}

/** The name server answered, and has nothing under this name. Codes of `node:dns`. */
const UNKNOWN: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

/** Names come absolute from some servers; the trailing dot is not part of a node's id. */
function hostPort(host: string, port: number): string {
  return formatHostPort(ipaddr.isValid(host) ? host : host.replace(/\.$/, ""), port);
}
