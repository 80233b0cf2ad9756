/**
 * Nodes by DNS: every address of a name (A, AAAA), or every target of a service (SRV, RFC 2782).
 *
 * A missing name or one without such records is not credible, because a cluster that is being reconfigured looks the
 * same. With several name servers the union of their records counts; one that does not respond keeps its last records,
 * and one that does not know the name contributes none.
 */
import { Resolver } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { describeSystemError } from "@/lib/catalogue/system-errors";
import type { DnsSettings } from "@/lib/config/contract";
import { formatHostPort } from "@/lib/model/node/node-address";
import { type DiscoveryResult, type DiscoverySource, SourceUnavailable } from "./contract";
import { TargetList } from "./target-list";

/** Minimum time between two queries, however short the records' TTL. */
const MIN_TTL_MS = 5_000;
const ATTEMPT_MS = 2_000;
const TRIES = 2;

/** The records of one name server, as `host:port`. */
interface Records {
  readonly addresses: readonly string[];
  /** The shortest TTL among them, in milliseconds; null where the resolver does not report it. */
  readonly ttlMs: number | null;
}
const NO_RECORDS: Records = { addresses: [], ttlMs: null };

export function openDns(settings: DnsSettings): DiscoverySource {
  const servers = settings.resolvers.length === 0 ? [null] : settings.resolvers;
  const nameServers = servers.map((server) => new NameServer(settings, server));
  return { read: (signal) => queryAll(nameServers, settings, signal) };
}

async function queryAll(
  nameServers: readonly NameServer[],
  settings: DnsSettings,
  signal: AbortSignal,
): Promise<DiscoveryResult> {
  const failures: string[] = [];
  await Promise.all(
    nameServers.map((nameServer) =>
      nameServer.query(signal).catch((error: unknown) => {
        if (!(error instanceof SourceUnavailable)) throw error;
        failures.push(error.message);
      }),
    ),
  );
  if (failures.length === nameServers.length) throw new SourceUnavailable(failures.join("; "));
  const records = nameServers.map((nameServer) => nameServer.records);
  if (records.every(({ addresses }) => addresses.length === 0)) {
    throw new SourceUnavailable([`no ${settings.type} record of ${settings.domain}`, ...failures].join("; "));
  }
  const list = new TargetList();
  for (const text of records.flatMap(({ addresses }) => addresses)) {
    list.addAddress(text);
  }
  const recordTtlMs = Math.min(settings.refreshMs, ...records.flatMap(({ ttlMs }) => ttlMs ?? []));
  const ttlMs = Math.min(settings.refreshMs, Math.max(MIN_TTL_MS, recordTtlMs));
  return { targets: list.targets, problems: [...failures, ...list.problems], ttlMs };
}

/** One name server with its last records. */
class NameServer {
  records: Records = NO_RECORDS;

  constructor(
    private readonly settings: DnsSettings,
    /** Null for the system's name servers. */
    private readonly server: string | null,
  ) {}

  async query(signal: AbortSignal): Promise<void> {
    const resolver = new Resolver({ timeout: ATTEMPT_MS, tries: TRIES });
    if (this.server !== null) resolver.setServers([this.server]);
    const cancel = () => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      this.records = await this.resolve(resolver);
    } catch (error) {
      const code = codeOf(error);
      if (code === null) throw error;
      if (!UNKNOWN.has(code))
        throw new SourceUnavailable(
          `${this.server ?? "the name server"}: ${describeSystemError(error, "the query failed")}`,
        );
      this.records = NO_RECORDS;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  private async resolve(resolver: Resolver): Promise<Records> {
    const { domain, type, port } = this.settings;
    if (type === "SRV") {
      const records = await resolver.resolveSrv(domain);
      return { addresses: records.map((record) => hostPort(record.name, record.port)), ttlMs: null };
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

/** Codes of `node:dns` for a response without such records. */
const UNKNOWN: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

/** Some servers send absolute names; the trailing dot is not part of a node's id. */
function hostPort(host: string, port: number): string {
  return formatHostPort(ipaddr.isValid(host) ? host : host.replace(/\.$/, ""), port);
}
