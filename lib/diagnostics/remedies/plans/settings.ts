/** Plans for findings about options, versions and advisories. */

import { wholeNumber } from "../../check-builders";
import { VERSION_FLOOR } from "../../probes/advisories/advisories";
import type { Plan, PlanContext, Planner } from "../plan";
import { changeFor, type OptionChange } from "../start-up/options";

const MIB = 1_048_576;
/** Seconds after which an idle connection is closed, as an example. */
const IDLE_SECONDS = "3600";

export const SETTINGS_PLANS: ReadonlyMap<string, Planner> = new Map<string, Planner>([
  ["memory-default", memoryDefault],
  ["verbosity", verbosity],
  ["shutdown-command", shutdownCommand],
  ["flush-enabled", flushEnabled],
  ["dump-enabled", dumpEnabled],
  ["maxconns", maxconns],
  ["idle-timeout", idleTimeout],
  ["clock-skew", clockSkew],
  ["drift", drift],
  ["options", options],
  ["version-floor", upgrade],
  ["advisory", advisory],
]);

function memoryDefault(): Plan {
  return {
    explanation:
      "64 MB is what memcached takes when nobody decides. Decide: -m in megabytes, at most what the host can spare " +
      "beside connections and buffers; 1024 below is an example. The action cache_memlimit changes it until the next " +
      "restart, without one.",
    changes: [{ option: "-m", to: "1024" }],
    verify: ["settings"],
  };
}

function verbosity(): Plan {
  return {
    explanation:
      "-v is for looking for a fault: it costs time, fills the log, and from -vv on writes keys into it. The action " +
      "set_verbosity with 0 stops it at once, until the next restart.",
    changes: [{ option: "-v", to: null }],
    verify: ["settings"],
  };
}

function shutdownCommand(): Plan {
  return {
    explanation:
      "With -A any client may stop the server with one word. Service managers stop it by signal: leave -A out.",
    changes: [{ option: "-A", to: null }],
    verify: ["settings"],
  };
}

function flushEnabled(): Plan {
  return {
    explanation:
      "-F refuses flush_all to everybody, Memfleet too. Worth it where a flush would take the database down; " +
      "elsewhere a flush is a tool, and who may connect is what has to be looked after.",
    changes: [{ option: "-F", to: true }],
    verify: ["settings"],
  };
}

function dumpEnabled(): Plan {
  return {
    explanation:
      "-X refuses to list keys, to Memfleet too: its key list, key space and the actions on prefixes need it. Worth it " +
      "where keys themselves tell something about people.",
    changes: [{ option: "-X", to: true }],
    verify: ["settings"],
  };
}

function maxconns({ facts }: PlanContext): Plan {
  return {
    explanation:
      "Clients that reconnect at once, as after a deployment, take twice the connections for a while. Raise -c; each " +
      "one costs a file descriptor (LimitNOFILE of the unit) and a little memory.",
    changes: moreConnections(facts.settings?.get("maxconns")),
    verify: ["settings"],
  };
}

function idleTimeout(): Plan {
  return {
    explanation:
      "Connections of clients that are gone stay until memcached closes them. Choose more seconds than the longest " +
      `pause of a healthy client; ${IDLE_SECONDS} below is an example. Clients have to take a closed connection well.`,
    changes: [{ option: "idle_timeout", to: IDLE_SECONDS }],
    verify: ["settings"],
  };
}

function clockSkew(): Plan {
  return {
    explanation:
      "memcached takes expiry times beyond 30 days as points in time, by its own clock. Have both machines follow " +
      "the same time (chrony, systemd-timesyncd); memcached needs no restart for it.",
    verify: ["clock"],
  };
}

/** What has an option is brought in line; the rest is named. */
function drift({ facts, drift: differences }: PlanContext): Plan {
  const changes: OptionChange[] = [];
  const others: string[] = [];
  for (const [name, value] of differences()) {
    const change = changeFor(name, value, facts.version);
    if (change === null) others.push(name);
    else changes.push(change);
  }
  const rest = others.length === 0 ? "" : ` No single option gives: ${others.join(", ")}.`;
  return {
    explanation:
      "One node that differs evicts, refuses or answers otherwise than its neighbours, for a share of the keys. The " +
      `options below are those of most of its pool; if this node is the one that is right, change the others.${rest}`,
    changes,
    verify: ["settings"],
  };
}

/** What the costly options should be. */
const PLAIN: Readonly<Record<string, string>> = {
  evictions: "on",
  detail_enabled: "no",
  slab_reassign: "yes",
  slab_automove: "1",
  lru_crawler: "yes",
  lru_maintainer_thread: "yes",
};

function options({ figures, facts }: PlanContext): Plan {
  const names = typeof figures.names === "string" ? figures.names.split(", ") : [];
  const changes = names.flatMap((name): OptionChange[] => {
    if (name === "detail_enabled") return [{ option: "-D", to: null }];
    const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
    const change = plain === undefined ? null : changeFor(name, plain, facts.version);
    return change === null ? [] : [change];
  });
  return {
    explanation:
      "Each of these options has a use; where nobody remembers it, leave the option out. slab_automove and the LRU " +
      "crawler can be changed by an action until the next restart; stats detail off stops the counting per prefix.",
    changes,
    verify: ["settings"],
  };
}

const UPGRADE =
  `Upgrade to ${VERSION_FLOOR} or later. Distributions carry fixes back without changing the number: look there first ` +
  "(Debian: apt changelog memcached, security-tracker.debian.org; RHEL: rpm -q --changelog memcached, " +
  "access.redhat.com/security; containers: the image's tag). If the fix is in, an admin can mark the finding as patched.";

function upgrade(): Plan {
  return { explanation: UPGRADE };
}

/** What takes an advisory's condition away until the upgrade. */
const MEANWHILE: Readonly<Record<string, string>> = {
  udpListens: " Until then -U 0 takes the condition away.",
  udpListensWithSasl: " Until then -U 0 takes the condition away.",
  dumpEnabled: " Until then -X takes the condition away; Memfleet cannot list keys then.",
  binaryReachable: " Until then -B ascii takes the condition away, where every client speaks text.",
  sasl: " Until then let only known machines reach the port.",
  authfile: " Until then let only known machines reach the port.",
  always: " Until then let only known machines reach the port.",
};

function advisory({ figures }: PlanContext): Plan {
  const condition = typeof figures.condition === "string" ? figures.condition : "";
  const meanwhile = Object.hasOwn(MEANWHILE, condition) ? (MEANWHILE[condition] ?? "") : "";
  return { explanation: `${UPGRADE}${meanwhile}` };
}

/** Twice as many. */
export function moreConnections(told: string | undefined): OptionChange[] {
  const limit = wholeNumber(told);
  return limit === null || limit === 0 || limit > 1_000_000 ? [] : [{ option: "-c", to: String(limit * 2) }];
}

/** Twice as much. */
export function moreMemory(told: string | undefined): OptionChange[] {
  const bytes = wholeNumber(told);
  const megabytes = bytes === null ? 0 : Math.floor(bytes / MIB);
  return megabytes === 0 || megabytes > 4_000_000 ? [] : [{ option: "-m", to: String(megabytes * 2) }];
}
