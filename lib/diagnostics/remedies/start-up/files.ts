/** Start-up options as the files that service managers read. Each text is a complete file, or what to add to one. */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "../node-facts";
import { commandRemedy, sameInBoth } from "../prose";
import { comment } from "../shell-quoting";
import {
  argumentsOf,
  changed,
  changeLines,
  explicitValue,
  type OptionChange,
  type StartOption,
  type StartUp,
  startUpOf,
} from "./options";

/** A node's options and the changes to them. `known`: false when it doesn't report its settings. */
export interface StartUpChange {
  readonly startUp: StartUp;
  readonly changes: readonly OptionChange[];
  readonly known: boolean;
}

/** Options with a line of their own in the sysconfig file, so not part of `OPTIONS`. */
const SEPARATE_LINES: ReadonlySet<string> = new Set(["-p", "-c", "-m"]);

/** The node's current options, to be changed. */
export function startUpChange(
  { settings, general, version }: Pick<NodeFacts, "settings" | "general" | "version">,
  changes: readonly OptionChange[],
): StartUpChange {
  if (settings === null) return { startUp: { options: [], notes: [] }, changes, known: false };
  return { startUp: startUpOf(settings, general, version), changes, known: true };
}

/** The line of the sysconfig file that holds all options without a line of their own. */
export function optionsLine({ startUp, changes }: StartUpChange): string {
  const rest = changed(startUp, changes).options.filter(({ option }) => !SEPARATE_LINES.has(option));
  return `OPTIONS="${argumentsOf(rest).join(" ")}"`;
}

/** `/etc/sysconfig/memcached` of CentOS, RHEL and Fedora. */
export function sysconfig(change: StartUpChange): Remedy {
  const { options } = changed(change.startUp, change.changes);
  const line = (name: string, option: string) => {
    const value = explicitValue(options, option);
    return value === null ? [] : [`${name}="${value}"`];
  };
  return commandRemedy("sysconfig", sameInBoth("RHEL, CentOS, Fedora"), [
    comment("/etc/sysconfig/memcached"),
    ...remarks(change),
    ...line("PORT", "-p"),
    ...(change.known ? ['USER="memcached"'] : []),
    ...line("MAXCONN", "-c"),
    ...line("CACHESIZE", "-m"),
    optionsLine(change),
    comment("then: sudo systemctl restart memcached (CentOS 6: sudo service memcached restart)"),
  ]);
}

/** `/etc/memcached.conf` of Debian and Ubuntu: one option a line. */
export function debianConf(change: StartUpChange): Remedy {
  const { options } = changed(change.startUp, change.changes);
  return commandRemedy("debian", sameInBoth("Debian, Ubuntu"), [
    comment("/etc/memcached.conf"),
    ...remarks(change),
    ...(change.known ? ["-u memcache", "-P /var/run/memcached/memcached.pid"] : []),
    ...optionLines(options),
    comment("then: sudo systemctl restart memcached"),
  ]);
}

/** A drop-in for a unit that starts memcached without an options file. */
export function systemdOverride(change: StartUpChange): Remedy | null {
  if (!change.known) return null;
  const { options } = changed(change.startUp, change.changes);
  // systemd.unit(5), "Specifiers": a percent sign is written twice.
  const words = argumentsOf(options).map((word) => word.replaceAll("%", "%%"));
  return commandRemedy("systemd", { en: "systemd override", ja: "systemd のオーバーライド" }, [
    comment("sudo systemctl edit memcached"),
    ...remarks(change),
    "[Service]",
    "ExecStart=",
    `ExecStart=/usr/bin/memcached -u memcached ${words.join(" ")}`,
    comment("on Debian the user is memcache; then: sudo systemctl restart memcached"),
  ]);
}

/** What changes, and what can't be known, as comments. */
export function remarks({ startUp, changes, known }: StartUpChange): string[] {
  const unknown = known
    ? []
    : ["the node doesn't report its settings: keep the existing options, and change this"];
  return [...changeLines(startUp, changes), ...unknown, ...startUp.notes].map(comment);
}

function optionLines(options: readonly StartOption[]): string[] {
  const short = options.filter(({ option }) => option.startsWith("-"));
  const extended = options.filter(({ option }) => !option.startsWith("-"));
  const lines = short.map((option) => argumentsOf([option]).join(" "));
  return extended.length === 0 ? lines : [...lines, argumentsOf(extended).join(" ")];
}
