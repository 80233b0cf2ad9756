/**
 * Which start-up option sets which value of `stats settings`, and the default without it.
 *
 * From memcached's `--help` and `process_stat_settings` in `memcached.c`; defaults as 1.4.25, 1.5.5, 1.6.9 and 1.6.18
 * report them. 1.5.0 made `-o modern` the default.
 */
import { isPlainPath, isPlainValue } from "../shell-quoting";

/**
 * One setting. `default`: the value reported without the option; `old`: the same before 1.5.0, if different. `unit`:
 * one step of the option, in units of the setting.
 */
export interface OptionRow {
  readonly setting: string;
  /** `-m`, or the name of an `-o` option. */
  readonly option: string;
  readonly default: string;
  readonly old?: string;
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

/** Options that are always written: `PORT`, `MAXCONN` and `CACHESIZE` have lines of their own. */
export const ALWAYS_REPORTED: ReadonlySet<string> = new Set(["-m", "-p", "-c"]);

export const OPTION_ROWS: readonly OptionRow[] = [
  { setting: "maxbytes", option: "-m", default: String(64 * MIB), value: inUnits(MIB) },
  { setting: "tcpport", option: "-p", default: "11211", value: NUMBER },
  { setting: "maxconns", option: "-c", default: "1024", value: NUMBER },
  { setting: "udpport", option: "-U", default: "0", value: NUMBER },
  { setting: "domain_socket", option: "-s", default: "NULL", value: PATH },
  { setting: "umask", option: "-a", default: "700", value: NUMBER },
  { setting: "num_threads", option: "-t", default: "4", value: NUMBER },
  { setting: "auth_enabled_sasl", option: "-S", default: "no", value: given("yes") },
  { setting: "auth_enabled_ascii", option: "-Y", default: "no", value: PATH },
  { setting: "ssl_enabled", option: "-Z", default: "no", value: given("yes") },
  { setting: "flush_enabled", option: "-F", default: "yes", value: given("no") },
  { setting: "dump_enabled", option: "-X", default: "yes", value: given("no") },
  { setting: "shutdown_command", option: "-A", default: "no", value: given("yes") },
  { setting: "evictions", option: "-M", default: "on", value: given("off") },
  { setting: "cas_enabled", option: "-C", default: "yes", value: given("no") },
  { setting: "growth_factor", option: "-f", default: "1.25", value: DECIMAL },
  { setting: "chunk_size", option: "-n", default: "48", value: NUMBER },
  { setting: "reqs_per_event", option: "-R", default: "20", value: NUMBER },
  { setting: "tcp_backlog", option: "-b", default: "1024", value: NUMBER },
  { setting: "item_size_max", option: "-I", default: String(MIB), value: NUMBER },
  { setting: "memory_file", option: "-e", default: "(null)", value: PATH },
  {
    setting: "maxconns_fast",
    option: "maxconns_fast",
    default: "yes",
    old: "no",
    value: either("maxconns_fast"),
  },
  { setting: "hashpower_init", option: "hashpower", default: "0", value: NUMBER },
  { setting: "tail_repair_time", option: "tail_repair_time", default: "0", value: NUMBER },
  {
    setting: "hash_algorithm",
    option: "hash_algorithm",
    default: "murmur3",
    old: "jenkins",
    value: { kind: "word", words: { jenkins: "jenkins", murmur3: "murmur3", xxh3: "xxh3" } },
  },
  {
    setting: "slab_reassign",
    option: "slab_reassign",
    default: "yes",
    old: "no",
    value: either("slab_reassign"),
  },
  { setting: "slab_automove", option: "slab_automove", default: "1", old: "0", value: NUMBER },
  { setting: "slab_automove_ratio", option: "slab_automove_ratio", default: "0.80", value: DECIMAL },
  { setting: "slab_automove_window", option: "slab_automove_window", default: "30", value: NUMBER },
  { setting: "slab_automove_freeratio", option: "slab_automove_freeratio", default: "0.010", value: DECIMAL },
  {
    setting: "slab_chunk_max",
    option: "slab_chunk_max",
    default: String(512 * KIB),
    old: String(MIB),
    value: NUMBER,
  },
  { setting: "lru_crawler", option: "lru_crawler", default: "yes", old: "no", value: either("lru_crawler") },
  { setting: "lru_crawler_sleep", option: "lru_crawler_sleep", default: "100", value: NUMBER },
  { setting: "lru_crawler_tocrawl", option: "lru_crawler_tocrawl", default: "0", value: NUMBER },
  {
    setting: "lru_maintainer_thread",
    option: "lru_maintainer",
    default: "yes",
    old: "no",
    value: either("lru_maintainer"),
  },
  { setting: "hot_lru_pct", option: "hot_lru_pct", default: "20", old: "32", value: NUMBER },
  { setting: "warm_lru_pct", option: "warm_lru_pct", default: "40", old: "32", value: NUMBER },
  { setting: "hot_max_factor", option: "hot_max_factor", default: "0.20", value: DECIMAL },
  { setting: "warm_max_factor", option: "warm_max_factor", default: "2.00", value: DECIMAL },
  { setting: "idle_timeout", option: "idle_timeout", default: "0", value: NUMBER },
  {
    setting: "watcher_logbuf_size",
    option: "watcher_logbuf_size",
    default: String(256 * KIB),
    value: inUnits(KIB),
  },
  {
    setting: "worker_logbuf_size",
    option: "worker_logbuf_size",
    default: String(64 * KIB),
    value: inUnits(KIB),
  },
  { setting: "read_buf_mem_limit", option: "read_buf_mem_limit", default: "0", value: inUnits(MIB) },
  { setting: "track_sizes", option: "track_sizes", default: "no", value: given("yes") },
  {
    setting: "expirezero_does_not_evict",
    option: "expirezero_does_not_evict",
    default: "no",
    value: given("yes"),
  },
];

/** Every server reports `temporary_ttl`; it applies only with `temp_lru`. */
export const TEMPORARY_TTL: OptionRow = {
  setting: "temporary_ttl",
  option: "temporary_ttl",
  default: "",
  value: NUMBER,
};

/** Apply only with TLS. */
export const TLS_ROWS: readonly OptionRow[] = [
  { setting: "ssl_chain_cert", option: "ssl_chain_cert", default: "(null)", value: PATH },
  { setting: "ssl_key", option: "ssl_key", default: "(null)", value: PATH },
  { setting: "ssl_verify_mode", option: "ssl_verify_mode", default: "0", value: verifyMode() },
  { setting: "ssl_ciphers", option: "ssl_ciphers", default: "NULL", value: TEXT },
  { setting: "ssl_ca_cert", option: "ssl_ca_cert", default: "NULL", value: PATH },
  { setting: "ssl_wbuf_size", option: "ssl_wbuf_size", default: String(16 * KIB), value: inUnits(KIB) },
  { setting: "ssl_session_cache", option: "ssl_session_cache", default: "no", value: given("yes") },
  { setting: "ssl_kernel_tls", option: "ssl_kernel_tls", default: "no", value: given("yes") },
  {
    setting: "ssl_min_version",
    option: "ssl_min_version",
    default: "tlsv1.2",
    value: { kind: "word", words: { "tlsv1.0": "0", "tlsv1.1": "1", "tlsv1.2": "2", "tlsv1.3": "3" } },
  },
];

/** Apply only with extstore. No server reports `ext_path`, `ext_page_size` and `ext_threads`. */
export const EXTSTORE_ROWS: readonly OptionRow[] = [
  { setting: "ext_item_size", option: "ext_item_size", default: "512", value: NUMBER },
  { setting: "ext_item_age", option: "ext_item_age", default: "4294967295", value: NUMBER },
  { setting: "ext_low_ttl", option: "ext_low_ttl", default: "0", value: NUMBER },
  { setting: "ext_recache_rate", option: "ext_recache_rate", default: "2000", value: NUMBER },
  { setting: "ext_wbuf_size", option: "ext_wbuf_size", default: String(4 * MIB), value: inUnits(MIB) },
  { setting: "ext_compact_under", option: "ext_compact_under", default: "0", value: NUMBER },
  { setting: "ext_drop_under", option: "ext_drop_under", default: "0", value: NUMBER },
  { setting: "ext_max_sleep", option: "ext_max_sleep", default: "1000000", value: NUMBER },
  { setting: "ext_max_frag", option: "ext_max_frag", default: "0.80", value: DECIMAL },
  { setting: "ext_drop_unread", option: "ext_drop_unread", default: "no", value: given("yes") },
];

/** The setting holds OpenSSL's flags (`SSL_VERIFY_*`), the option a number of memcached's own. */
function verifyMode(): OptionValue {
  return { kind: "word", words: { "0": "0", "1": "1", "3": "2", "7": "3", "5": "3" } };
}
