/** The options a node was started with, as far as it reports them, and the same after changes. Pure. */
import { isCutSetting } from "@/lib/catalogue/settings";
import { isBefore, type UpstreamVersion } from "../../probes/advisories/upstream-version";
import { isPlainValue, isPlainWord, placeholder } from "../shell-quoting";
import {
  ALWAYS_REPORTED,
  EXTSTORE_ROWS,
  OPTION_ROWS,
  type OptionRow,
  type OptionValue,
  TEMPORARY_TTL,
  TLS_ROWS,
} from "./option-table";

/** `-m` with `64`, `-A` without a value, or an `-o` option by its name without a dash. */
export interface StartOption {
  readonly option: string;
  readonly value: string | null;
}

export interface StartUp {
  readonly options: readonly StartOption[];
  /** One English line each: what the node does not report. */
  readonly notes: readonly string[];
}

/** A change of one option. `to`: the new value, `true` for an option without one, null to remove it. */
export interface OptionChange {
  readonly option: string;
  readonly to: string | true | null;
}

/** What no server reports: an edited file must keep it. */
export const INVISIBLE =
  "not reported over the network, keep your own: the user (-u), -P, -k, -L, -r, -W, -o no_hashexpand";

/**
 * The options that produce these settings, without those at the default of the version. `general` shows whether
 * extstore is on.
 */
export function startUpOf(
  settings: ReadonlyMap<string, string>,
  general: ReadonlyMap<string, string> | null,
  version: UpstreamVersion | null,
): StartUp {
  const notes: string[] = [INVISIBLE];
  const old = version !== null && isBefore(version, "1.5.0");
  const options: StartOption[] = [];
  const add = (row: OptionRow) => options.push(...optionOf(row, settings.get(row.setting), old, notes));
  for (const row of OPTION_ROWS) {
    if (row.option === "-U") options.push(...udp(settings.get("udpport"), version));
    else if (row.option !== "-a" || isUnix(settings)) add(row);
    if (row.option === "-p") options.push(...listen(settings.get("inter"), notes));
  }
  options.push(...verbosity(settings.get("verbosity")), ...protocol(settings), ...prefixes(settings, notes));
  if (settings.get("temp_lru") === "yes") add(TEMPORARY_TTL);
  if (settings.get("ssl_enabled") === "yes") for (const row of TLS_ROWS) add(row);
  if (hasExtstore(general)) {
    options.push({ option: "ext_path", value: "EXT_PATH:SIZE" });
    notes.push("EXT_PATH:SIZE: no server reports ext_path, ext_page_size and ext_threads; fill in your own");
    for (const row of EXTSTORE_ROWS) add(row);
  }
  return { options, notes };
}

/** The options after the changes: changed ones keep their position, new ones come last. */
export function changed(startUp: StartUp, changes: readonly OptionChange[]): StartUp {
  const options = new Map(startUp.options.map((current) => [current.option, current]));
  for (const { option, to } of changes) {
    if (to === null) options.delete(option);
    else options.set(option, { option, value: to === true ? null : to });
  }
  const all = [...options.values()];
  // Readers look for the listen addresses first.
  const listens = startUp.options.some(({ option }) => option === "-l") ? [] : all.filter(isListen);
  const rest = listens.length === 0 ? all : all.filter((option) => !isListen(option));
  return { options: [...listens, ...rest], notes: startUp.notes };
}

function isListen({ option }: StartOption): boolean {
  return option === "-l";
}

/** What each change does, one English line each, as command-line arguments. */
export function changeLines(startUp: StartUp, changes: readonly OptionChange[]): string[] {
  const before = new Map(startUp.options.map((current) => [current.option, current]));
  return changes.flatMap(({ option, to }) => {
    const old = before.get(option);
    const current = to === null ? null : { option, value: to === true ? null : to };
    if (current === null) return old === undefined ? [] : [`removed: ${optionText(old)}`];
    if (old === undefined) return [`added: ${optionText(current)}`];
    return old.value === current.value ? [] : [`changed: ${optionText(current)} (was ${optionText(old)})`];
  });
}

/** Command-line arguments: short options first, then all `-o` options as one. */
export function argumentsOf(options: readonly StartOption[]): string[] {
  const short = options.filter(({ option }) => option.startsWith("-"));
  const extended = options.filter(({ option }) => !option.startsWith("-"));
  const list = extended.map(({ option, value }) => (value === null ? option : `${option}=${value}`));
  return [...short.flatMap(shortArguments), ...(list.length === 0 ? [] : ["-o", list.join(",")])];
}

/** The value of an option; null when it is not given. */
export function explicitValue(options: readonly StartOption[], option: string): string | null {
  return options.find((given) => given.option === option)?.value ?? null;
}

/**
 * The change that makes `setting` in `stats settings` become `value`; null when no option does, or when the value is
 * not safe to pass on.
 */
export function changeFor(
  setting: string,
  value: string,
  version: UpstreamVersion | null,
): OptionChange | null {
  if (setting === "verbosity") return /^[0-3]$/.test(value) ? verbosityChange(Number(value)) : null;
  const row = [...OPTION_ROWS, TEMPORARY_TTL, ...TLS_ROWS, ...EXTSTORE_ROWS].find(
    (candidate) => candidate.setting === setting,
  );
  if (row === undefined) return null;
  const old = version !== null && isBefore(version, "1.5.0");
  const notes: string[] = [];
  const [option] = optionOf(row, value, old, notes);
  if (notes.length > 0) return null;
  if (option !== undefined) return { option: option.option, to: option.value ?? true };
  // The default needs no option: remove the one that sets the other value.
  if (row.value.kind === "switch" && row.value.off !== undefined && !old)
    return { option: row.value.off, to: null };
  return { option: row.option, to: null };
}

function optionText({ option, value }: StartOption): string {
  if (option.startsWith("-")) return shortArguments({ option, value }).join(" ");
  return value === null ? `-o ${option}` : `-o ${option}=${value}`;
}

function shortArguments({ option, value }: StartOption): string[] {
  if (option === "-v") return [`-${"v".repeat(Number(value))}`];
  return value === null ? [option] : [option, value];
}

function optionOf(
  row: OptionRow,
  reported: string | undefined,
  old: boolean,
  notes: string[],
): StartOption[] {
  if (reported === undefined) return [];
  const standard = old ? row.old : row.default;
  if (reported === standard && !ALWAYS_REPORTED.has(row.option)) return [];
  const { option } = row;
  if (row.value.kind === "switch") {
    if (reported === row.value.on) return [{ option, value: null }];
    return row.value.off !== undefined && reported === "no" ? [{ option: row.value.off, value: null }] : [];
  }
  const value = valueIn(row.value, option, reported);
  if (value !== null) return [{ option, value }];
  notes.push(
    `${placeholder(row.setting)}: the node reports no value that is safe to pass on; fill in your own`,
  );
  return [{ option, value: placeholder(row.setting) }];
}

/** The value of the option for a reported setting; null when its form is unknown. */
function valueIn(
  value: Exclude<OptionValue, { kind: "switch" }>,
  option: string,
  reported: string,
): string | null {
  switch (value.kind) {
    case "number": {
      if (!/^\d{1,15}$/.test(reported)) return null;
      const number = Number(reported);
      return option === "-I" ? sizeWord(number) : String(Math.floor(number / (value.unit ?? 1)));
    }
    case "decimal":
      return /^\d{1,6}\.\d{1,6}$/.test(reported) ? reported : null;
    case "word":
      return Object.hasOwn(value.words, reported) ? (value.words[reported] ?? null) : null;
    case "text":
      return value.plain(reported) && !isCutSetting(reported) ? reported : null;
  }
}

function sizeWord(bytes: number): string {
  if (bytes > 0 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576}m`;
  return bytes > 0 && bytes % 1024 === 0 ? `${bytes / 1024}k` : String(bytes);
}

/** Before 1.5.6 UDP is on by default, so `-U 0` must be explicit. */
function udp(port: string | undefined, version: UpstreamVersion | null): StartOption[] {
  if (port === undefined || !/^\d{1,5}$/.test(port)) return [];
  const offByDefault = version !== null && !isBefore(version, "1.5.6");
  return port === "0" && offByDefault ? [] : [{ option: "-U", value: port }];
}

/** Brackets, as in IPv6 with a port, count as plain here: no generated form treats them as a pattern. */
function listen(inter: string | undefined, notes: string[]): StartOption[] {
  if (inter === undefined || inter === "NULL") return [];
  if (isListenList(inter) && !isCutSetting(inter)) return [{ option: "-l", value: inter }];
  notes.push("LISTEN_ADDRESSES: the node reports no -l that is safe to pass on; fill in your own");
  return [{ option: "-l", value: "LISTEN_ADDRESSES" }];
}

/** Whether a text is safe as the value of `-l`: addresses, names, ports and tags, separated by commas. */
export function isListenList(text: string): boolean {
  return isPlainWord(text.replaceAll(/\[([0-9A-Fa-f:.%a-z]{2,60})\]/g, "$1"));
}

function verbosity(level: string | undefined): StartOption[] {
  const change = level !== undefined && /^[1-3]$/.test(level) ? verbosityChange(Number(level)) : null;
  return change === null ? [] : [{ option: change.option, value: String(change.to) }];
}

/** `-v`, `-vv` and `-vvv` are one option with a level here; `shortArguments` writes them. */
function verbosityChange(level: number): OptionChange {
  return { option: "-v", to: level === 0 ? null : String(level) };
}

/** `-S` implies the binary protocol. */
function protocol(settings: ReadonlyMap<string, string>): StartOption[] {
  const binding = settings.get("binding_protocol");
  if (binding === "ascii") return [{ option: "-B", value: binding }];
  return binding === "binary" && settings.get("auth_enabled_sasl") !== "yes"
    ? [{ option: "-B", value: binding }]
    : [];
}

/** `-D` also enables the counting by prefix. */
function prefixes(settings: ReadonlyMap<string, string>, notes: string[]): StartOption[] {
  if (settings.get("detail_enabled") !== "yes") return [];
  const delimiter = settings.get("stat_key_prefix") ?? ":";
  if (delimiter.length === 1 && isPlainValue(delimiter)) return [{ option: "-D", value: delimiter }];
  notes.push("STAT_KEY_PREFIX: the node reports no delimiter that is safe to pass on; fill in your own");
  return [{ option: "-D", value: "STAT_KEY_PREFIX" }];
}

function isUnix(settings: ReadonlyMap<string, string>): boolean {
  return (settings.get("domain_socket") ?? "NULL") !== "NULL";
}

function hasExtstore(general: ReadonlyMap<string, string> | null): boolean {
  return general !== null && [...general.keys()].some((name) => name.startsWith("extstore_"));
}
