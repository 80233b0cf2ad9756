/** Plans for findings about how a node does, and whether it can be reached. */
import type { Plan, PlanContext, Planner } from "../plan";
import { moreConnections, moreMemory } from "./settings";

export const HEALTH_PLANS: ReadonlyMap<string, Planner> = new Map<string, Planner>([
  ["evictions", evictions],
  ["out-of-memory", outOfMemory],
  ["connections-use", connections],
  ["listener-disabled", connections],
  ["slow", slow],
  ["restarts", restarts],
  ["round-trip", roundTrip],
  ["resolves", resolves],
  ["connects", connects],
  ["answers", slow],
]);

/** How young the evicted items were, and whether anybody wanted them, before any memory is bought. */
function evictions({ figures, facts }: PlanContext): Plan {
  const { advice, ageSeconds, unfetchedShare } = figures;
  const age = typeof ageSeconds === "number" ? `The youngest was last used ${ageSeconds} s before.` : "";
  const share =
    typeof unfetchedShare === "number"
      ? ` ${Math.round(unfetchedShare * 100)} % of them had never been fetched.`
      : "";
  const seen = `${age}${share}`.trim();
  if (advice === "memory") {
    return {
      explanation:
        `${seen} Items go before they have earned their place: raise -m (twice as much below), or add nodes to the ` +
        "pool. Look at the slab classes first: one class alone that evicts wants slab_automove rather than memory. " +
        "The action cache_memlimit raises it without a restart.",
      changes: moreMemory(facts.settings?.get("maxbytes")),
      verify: ["settings"],
    };
  }
  if (advice === "expiry") {
    return {
      explanation: `${seen} More memory would keep what nobody asks for. Give these items a shorter expiry, or do not store them.`,
    };
  }
  return {
    explanation: `${seen} A full cache evicts what was not used for long: that is its work, and nothing has to be done.`,
  };
}

function outOfMemory({ facts }: PlanContext): Plan {
  const refuses = facts.settings?.get("evictions") === "off";
  return {
    explanation:
      "Stores were refused, or connections lost, for lack of memory. Look at stats items (outofmemory per slab class) " +
      "and at response_obj_oom (read_buf_mem_limit is too small)." +
      (refuses
        ? " With -M a full memory refuses stores: leave -M out, or raise -m."
        : " Raise -m (twice as much below)."),
    changes: refuses ? [{ option: "-M", to: null }] : moreMemory(facts.settings?.get("maxbytes")),
    verify: ["settings"],
  };
}

function connections({ facts }: PlanContext): Plan {
  return {
    explanation:
      "Look at who holds the connections (the node's connections tab) before raising -c: clients without a pool, or " +
      "long idle ones, which -o idle_timeout closes. At the limit memcached stops to accept. -c needs as many file " +
      "descriptors (LimitNOFILE of the unit).",
    changes: moreConnections(facts.settings?.get("maxconns")),
    verify: ["settings"],
  };
}

function slow(): Plan {
  return {
    explanation:
      "memcached itself answers within a millisecond: look for a busy processor (threads, -t), swapping, very large " +
      "multi-gets, a log at -vv, and at the network between.",
    verify: ["network", "log"],
  };
}

function restarts(): Plan {
  return {
    explanation:
      "Each restart is a cold cache. The log tells whether it crashed, was killed for memory, or was restarted.",
    verify: ["log"],
  };
}

function roundTrip(): Plan {
  return {
    explanation:
      "A key could not be stored, read and deleted. With -M a full memory refuses stores; a proxy may route the key " +
      "elsewhere; another client may have flushed meanwhile: test again.",
  };
}

function resolves(): Plan {
  return {
    explanation:
      "Correct the name in the name service, or in Memfleet's configuration; other writings are refused.",
    verify: ["network"],
  };
}

function connects(): Plan {
  return {
    explanation:
      "Refused: nothing listens there, or a rule rejects. No answer: a rule drops, or the machine is away. Memfleet's " +
      "own address has to be among those that the node's firewall lets in.",
    verify: ["network"],
  };
}
