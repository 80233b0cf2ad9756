/** The options a node was started with, as far as it tells them, and the same with something changed. Pure. */
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
  /** One English line each: what could not be read from the node. */
  readonly notes: readonly string[];
}

/** One option that is to be another one. `to`: its value, `true` without one, null for leaving it out. */
export interface OptionChange {
  readonly option: string;
  readonly to: string | true | null;
}

/** What no server tells, so that whoever edits a file keeps it. */
export const INVISIBLE =
  "not visible over the network, keep yours: the user (-u), -P, -k, -L, -r, -W, -o no_hashexpand";

/**
 * The options that give these settings. Left out is what is the default of its version. `general` tells whether
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
    notes.push("EXT_PATH:SIZE: no server tells ext_path, ext_page_size and ext_threads; fill in yours");
    for (const row of EXTSTORE_ROWS) add(row);
  }
  return { options, notes };
}

/** The same with the changes made: changed options keep their place, new ones come last. */
export function changed(startUp: StartUp, changes: readonly OptionChange[]): StartUp {
  const options = new Map(startUp.options.map((one) => [one.option, one]));
  for (const { option, to } of changes) {
    if (to === null) options.delete(option);
    else options.set(option, { option, value: to === true ? null : to });
  }
  const all = [...options.values()];
  // Where it listens is what a reader looks for first.
  const listens = startUp.options.some(({ option }) => option === "-l") ? [] : all.filter(isListen);
  const rest = listens.length === 0 ? all : all.filter((one) => !isListen(one));
  return { options: [...listens, ...rest], notes: startUp.notes };
}

function isListen({ option }: StartOption): boolean {
  return option === "-l";
}

/** What each change does, one English line each, in the words of the command line. */
export function changeLines(startUp: StartUp, changes: readonly OptionChange[]): string[] {
  const before = new Map(startUp.options.map((one) => [one.option, one]));
  return changes.flatMap(({ option, to }) => {
    const was = before.get(option);
    const now = to === null ? null : { option, value: to === true ? null : to };
    if (now === null) return was === undefined ? [] : [`removed: ${words(was)}`];
    if (was === undefined) return [`added: ${words(now)}`];
    return was.value === now.value ? [] : [`changed: ${words(now)} (was ${words(was)})`];
  });
}

/** The command line's words: short options first, then all `-o` options as one. */
export function argumentsOf(options: readonly StartOption[]): string[] {
  const short = options.filter(({ option }) => option.startsWith("-"));
  const extended = options.filter(({ option }) => !option.startsWith("-"));
  const list = extended.map(({ option, value }) => (value === null ? option : `${option}=${value}`));
  return [...short.flatMap(spelled), ...(list.length === 0 ? [] : ["-o", list.join(",")])];
}

/** The value of an option; null when it is not among them. */
export function explicitValue(options: readonly StartOption[], option: string): string | null {
  return options.find((one) => one.option === option)?.value ?? null;
}

/**
 * What an option has to be for `setting` to become `value`, by the words of `stats settings`; null when no option
 * gives it, or when the value is in no form that could be passed on.
 */
export function changeFor(
  setting: string,
  value: string,
  version: UpstreamVersion | null,
): OptionChange | null {
  if (setting === "verbosity") return /^[0-3]$/.test(value) ? verbosityChange(Number(value)) : null;
  const row = [...OPTION_ROWS, TEMPORARY_TTL, ...TLS_ROWS, ...EXTSTORE_ROWS].find(
    (one) => one.setting === setting,
  );
  if (row === undefined) return null;
  const old = version !== null && isBefore(version, "1.5.0");
  const notes: string[] = [];
  const [option] = optionOf(row, value, old, notes);
  if (notes.length > 0) return null;
  if (option !== undefined) return { option: option.option, to: option.value ?? true };
  // Its default: nothing has to be given, so what gives the other value goes.
  if (row.value.kind === "switch" && row.value.off !== undefined && !old)
    return { option: row.value.off, to: null };
  return { option: row.option, to: null };
}

function words({ option, value }: StartOption): string {
  if (option.startsWith("-")) return spelled({ option, value }).join(" ");
  return value === null ? `-o ${option}` : `-o ${option}=${value}`;
}

function spelled({ option, value }: StartOption): string[] {
  if (option === "-v") return [`-${"v".repeat(Number(value))}`];
  return value === null ? [option] : [option, value];
}

function optionOf(row: OptionRow, told: string | undefined, old: boolean, notes: string[]): StartOption[] {
  if (told === undefined) return [];
  const standard = old ? (row.old ?? row.default) : row.default;
  if (told === standard && !ALWAYS_REPORTED.has(row.option)) return [];
  const { option } = row;
  if (row.value.kind === "switch") {
    if (told === row.value.on) return [{ option, value: null }];
    return row.value.off !== undefined && told === "no" ? [{ option: row.value.off, value: null }] : [];
  }
  const value = valueIn(row.value, option, told);
  if (value !== null) return [{ option, value }];
  notes.push(`${placeholder(row.setting)}: the node tells no value that is safe to pass on; fill in yours`);
  return [{ option, value: placeholder(row.setting) }];
}

/** The option's value for what is told; null when that is in no known form. */
function valueIn(
  value: Exclude<OptionValue, { kind: "switch" }>,
  option: string,
  told: string,
): string | null {
  switch (value.kind) {
    case "number": {
      if (!/^\d{1,15}$/.test(told)) return null;
      const number = Number(told);
      return option === "-I" ? sizeWord(number) : String(Math.floor(number / (value.unit ?? 1)));
    }
    case "decimal":
      return /^\d{1,6}\.\d{1,6}$/.test(told) ? told : null;
    case "word":
      return Object.hasOwn(value.words, told) ? (value.words[told] ?? null) : null;
    case "text":
      return value.plain(told) ? told : null;
  }
}

function sizeWord(bytes: number): string {
  if (bytes > 0 && bytes % 1_048_576 === 0) return `${bytes / 1_048_576}m`;
  return bytes > 0 && bytes % 1024 === 0 ? `${bytes / 1024}k` : String(bytes);
}

/** Before 1.5.6 UDP is on unless it is switched off, so that has to be said. */
function udp(told: string | undefined, version: UpstreamVersion | null): StartOption[] {
  if (told === undefined || !/^\d{1,5}$/.test(told)) return [];
  const offByDefault = version !== null && !isBefore(version, "1.5.6");
  return told === "0" && offByDefault ? [] : [{ option: "-U", value: told }];
}

/** Words with brackets, as for IPv6 with a port, are plain here: no form that is written takes them for a pattern. */
function listen(told: string | undefined, notes: string[]): StartOption[] {
  if (told === undefined || told === "NULL") return [];
  if (isListenList(told)) return [{ option: "-l", value: told }];
  notes.push("LISTEN_ADDRESSES: the node tells no -l that is safe to pass on; fill in yours");
  return [{ option: "-l", value: "LISTEN_ADDRESSES" }];
}

/** Whether a text may be given to `-l`: addresses, names, ports and tags, separated by commas. */
export function isListenList(text: string): boolean {
  return isPlainWord(text.replaceAll(/\[([0-9A-Fa-f:.%a-z]{2,60})\]/g, "$1"));
}

function verbosity(told: string | undefined): StartOption[] {
  const change = told !== undefined && /^[1-3]$/.test(told) ? verbosityChange(Number(told)) : null;
  return change === null ? [] : [{ option: change.option, value: String(change.to) }];
}

/** `-v`, `-vv` and `-vvv` are one option with a level here; `spelled` writes them. */
function verbosityChange(level: number): OptionChange {
  return { option: "-v", to: level === 0 ? null : String(level) };
}

/** `-S` brings the binary protocol with it. */
function protocol(settings: ReadonlyMap<string, string>): StartOption[] {
  const told = settings.get("binding_protocol");
  if (told === "ascii") return [{ option: "-B", value: told }];
  return told === "binary" && settings.get("auth_enabled_sasl") !== "yes"
    ? [{ option: "-B", value: told }]
    : [];
}

/** `-D` also switches the counting per prefix on. */
function prefixes(settings: ReadonlyMap<string, string>, notes: string[]): StartOption[] {
  if (settings.get("detail_enabled") !== "yes") return [];
  const delimiter = settings.get("stat_key_prefix") ?? ":";
  if (delimiter.length === 1 && isPlainValue(delimiter)) return [{ option: "-D", value: delimiter }];
  notes.push("STAT_KEY_PREFIX: the node tells no delimiter that is safe to pass on; fill in yours");
  return [{ option: "-D", value: "STAT_KEY_PREFIX" }];
}

function isUnix(settings: ReadonlyMap<string, string>): boolean {
  return (settings.get("domain_socket") ?? "NULL") !== "NULL";
}

function hasExtstore(general: ReadonlyMap<string, string> | null): boolean {
  return general !== null && [...general.keys()].some((name) => name.startsWith("extstore_"));
}
