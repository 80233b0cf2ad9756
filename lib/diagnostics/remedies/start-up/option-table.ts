/**
 * Which start-up option sets which value of `stats settings`, and the default without it.
 *
 * From memcached's `--help` and `process_stat_settings` in `memcached.c`; defaults as 1.4.25, 1.5.5, 1.6.9 and 1.6.18
 * report them. 1.5.0 made `-o modern` the default.
 */
import { isPlainPath, isPlainValue } from "../shell-quoting";

/**
 * One setting. `default`: the value reported without the option; `old`: the same before 1.5.0. `unit`: one step of
 * the option, in units of the setting.
 */
export interface OptionRow {
  readonly setting: string;
  /** `-m`, or the name of an `-o` option. */
  readonly option: string;
  readonly default: string;
  readonly old: string;
  readonly value: OptionValue;
}

export type OptionValue =
  /** The option is given when the setting is `on`; `off` is its opposite, for settings that are on by default. */
  | { readonly kind: "switch"; readonly on: string; readonly off?: string }
  | { readonly kind: "number"; readonly unit?: number }
  | { readonly kind: "decimal" }
  | { readonly kind: "word"; readonly words: Readonly<Record<string, string>> }
  | { readonly kind: "text"; readonly plain: (text: string) => boolean };

const KIB = 1024;
const MIB = 1024 * KIB;
const NUMBER: OptionValue = { kind: "number" };
const DECIMAL: OptionValue = { kind: "decimal" };
const PATH: OptionValue = { kind: "text", plain: isPlainPath };
const TEXT: OptionValue = { kind: "text", plain: isPlainValue };
const inUnits = (unit: number): OptionValue => ({ kind: "number", unit });
const given = (on: string): OptionValue => ({ kind: "switch", on });
const either = (option: string): OptionValue => ({ kind: "switch", on: "yes", off: `no_${option}` });

/** Most options have the name of their setting. */
function row(
  setting: string,
  standard: string | number,
  value: OptionValue,
  { option = setting, old = standard }: { readonly option?: string; readonly old?: string | number } = {},
): OptionRow {
  return { setting, option, default: String(standard), old: String(old), value };
}

/** Options that are always written: `PORT`, `MAXCONN` and `CACHESIZE` have lines of their own. */
export const ALWAYS_REPORTED: ReadonlySet<string> = new Set(["-m", "-p", "-c"]);

export const OPTION_ROWS: readonly OptionRow[] = [
  row("maxbytes", 64 * MIB, inUnits(MIB), { option: "-m" }),
  row("tcpport", "11211", NUMBER, { option: "-p" }),
  row("maxconns", "1024", NUMBER, { option: "-c" }),
  row("udpport", "0", NUMBER, { option: "-U" }),
  row("domain_socket", "NULL", PATH, { option: "-s" }),
  row("umask", "700", NUMBER, { option: "-a" }),
  row("num_threads", "4", NUMBER, { option: "-t" }),
  row("auth_enabled_sasl", "no", given("yes"), { option: "-S" }),
  row("auth_enabled_ascii", "no", PATH, { option: "-Y" }),
  row("ssl_enabled", "no", given("yes"), { option: "-Z" }),
  row("flush_enabled", "yes", given("no"), { option: "-F" }),
  row("dump_enabled", "yes", given("no"), { option: "-X" }),
  row("shutdown_command", "no", given("yes"), { option: "-A" }),
  row("evictions", "on", given("off"), { option: "-M" }),
  row("cas_enabled", "yes", given("no"), { option: "-C" }),
  row("growth_factor", "1.25", DECIMAL, { option: "-f" }),
  row("chunk_size", "48", NUMBER, { option: "-n" }),
  row("reqs_per_event", "20", NUMBER, { option: "-R" }),
  row("tcp_backlog", "1024", NUMBER, { option: "-b" }),
  row("item_size_max", MIB, NUMBER, { option: "-I" }),
  row("memory_file", "(null)", PATH, { option: "-e" }),
  row("maxconns_fast", "yes", either("maxconns_fast"), { old: "no" }),
  row("hashpower_init", "0", NUMBER, { option: "hashpower" }),
  row("tail_repair_time", "0", NUMBER),
  row(
    "hash_algorithm",
    "murmur3",
    { kind: "word", words: { jenkins: "jenkins", murmur3: "murmur3", xxh3: "xxh3" } },
    { old: "jenkins" },
  ),
  row("slab_reassign", "yes", either("slab_reassign"), { old: "no" }),
  row("slab_automove", "1", NUMBER, { old: "0" }),
  row("slab_automove_ratio", "0.80", DECIMAL),
  row("slab_automove_window", "30", NUMBER),
  row("slab_automove_freeratio", "0.010", DECIMAL),
  row("slab_chunk_max", 512 * KIB, NUMBER, { old: MIB }),
  row("lru_crawler", "yes", either("lru_crawler"), { old: "no" }),
  row("lru_crawler_sleep", "100", NUMBER),
  row("lru_crawler_tocrawl", "0", NUMBER),
  row("lru_maintainer_thread", "yes", either("lru_maintainer"), { option: "lru_maintainer", old: "no" }),
  row("hot_lru_pct", "20", NUMBER, { old: "32" }),
  row("warm_lru_pct", "40", NUMBER, { old: "32" }),
  row("hot_max_factor", "0.20", DECIMAL),
  row("warm_max_factor", "2.00", DECIMAL),
  row("idle_timeout", "0", NUMBER),
  row("watcher_logbuf_size", 256 * KIB, inUnits(KIB)),
  row("worker_logbuf_size", 64 * KIB, inUnits(KIB)),
  row("read_buf_mem_limit", "0", inUnits(MIB)),
  row("track_sizes", "no", given("yes")),
  row("expirezero_does_not_evict", "no", given("yes")),
];

/** Every server reports `temporary_ttl`; it applies only with `temp_lru`. */
export const TEMPORARY_TTL: OptionRow = row("temporary_ttl", "", NUMBER);

/** Apply only with TLS. */
export const TLS_ROWS: readonly OptionRow[] = [
  row("ssl_chain_cert", "(null)", PATH),
  row("ssl_key", "(null)", PATH),
  row("ssl_verify_mode", "0", verifyMode()),
  row("ssl_ciphers", "NULL", TEXT),
  row("ssl_ca_cert", "NULL", PATH),
  row("ssl_wbuf_size", 16 * KIB, inUnits(KIB)),
  row("ssl_session_cache", "no", given("yes")),
  row("ssl_kernel_tls", "no", given("yes")),
  row("ssl_min_version", "tlsv1.2", {
    kind: "word",
    words: { "tlsv1.0": "0", "tlsv1.1": "1", "tlsv1.2": "2", "tlsv1.3": "3" },
  }),
];

/** Apply only with extstore. No server reports `ext_path`, `ext_page_size` and `ext_threads`. */
export const EXTSTORE_ROWS: readonly OptionRow[] = [
  row("ext_item_size", "512", NUMBER),
  row("ext_item_age", "4294967295", NUMBER),
  row("ext_low_ttl", "0", NUMBER),
  row("ext_recache_rate", "2000", NUMBER),
  row("ext_wbuf_size", 4 * MIB, inUnits(MIB)),
  row("ext_compact_under", "0", NUMBER),
  row("ext_drop_under", "0", NUMBER),
  row("ext_max_sleep", "1000000", NUMBER),
  row("ext_max_frag", "0.80", DECIMAL),
  row("ext_drop_unread", "no", given("yes")),
];

/** The setting holds OpenSSL's flags (`SSL_VERIFY_*`), the option a number of memcached's own. */
function verifyMode(): OptionValue {
  return { kind: "word", words: { "0": "0", "1": "1", "3": "2", "7": "3", "5": "3" } };
}
