/** How to fix what a check found: an explanation, the ways to do it, how to verify it, and what it costs. */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { Check, ProbeTarget } from "../contract";
import { differencesOf } from "../probes/settings/drift";
import { allowedSources } from "./firewall/allowed-sources";
import { firewalld, securityGroup, ufw } from "./firewall/managers";
import { iptables, nftables } from "./firewall/packet-filters";
import { factsOf, type NodeFacts } from "./node-facts";
import type { Plan, PlanContext } from "./plan";
import { EXPOSURE_PLANS } from "./plans/exposure";
import { HEALTH_PLANS } from "./plans/health";
import { SETTINGS_PLANS } from "./plans/settings";
import { proseRemedy } from "./prose";
import { restartCost } from "./restart-cost";
import { containers } from "./start-up/containers";
import { debianConf, type StartUpChange, startUpChange, sysconfig, systemdOverride } from "./start-up/files";
import { changeLines } from "./start-up/options";
import { verification } from "./verify";

/** By check; `listens` and `advisory` cover every check whose name begins so. */
export const PLANS = new Map(Object.entries({ ...EXPOSURE_PLANS, ...SETTINGS_PLANS, ...HEALTH_PLANS }));

/** Remedies for a node under test, from what the run has read already and Memfleet's own address. */
export async function remediesOf(check: Check, target: ProbeTarget): Promise<readonly Remedy[]> {
  const { settings } = await target.stats();
  const drift = () =>
    new Map(
      differencesOf(target.node.id, settings, target.peers()).map(({ name, majority }) => [name, majority]),
    );
  return remediesFor(check, await factsOf(target), drift);
}

/** The same from facts. Pure. An unknown verdict has no remedy, except for missing credentials. */
export function remediesFor(
  check: Pick<Check, "check" | "verdict" | "figures" | "evidence">,
  facts: NodeFacts,
  drift: PlanContext["drift"],
): readonly Remedy[] {
  if (check.verdict === "unknown" && check.check !== "credentials-work") return [];
  const plan = PLANS.get(check.check.replace(/:.*$/s, ""));
  if (plan === undefined) return [];
  const { figures = {}, evidence } = check;
  const context = { check: check.check, figures, evidence, facts, drift };
  return render(typeof plan === "function" ? plan(context) : plan, facts, check);
}

function render(plan: Plan, facts: NodeFacts, { evidence }: Pick<Check, "evidence">): Remedy[] {
  const { explanation, changes = [], steps = [], firewall = false, verify = [] } = plan;
  const change = startUpChange(facts, changes);
  const files = changeLines(change.startUp, changes).length === 0 ? [] : startUpFiles(change, facts);
  const restarts = files.length > 0 || steps.length > 0;
  const udpPort = typeof evidence.port === "number" ? evidence.port : null;
  return [
    proseRemedy("explanation", { en: "What to do", ja: "対処の内容" }, explanation),
    ...(restarts ? [restartCost(facts)] : []),
    ...files,
    ...steps,
    ...(firewall ? firewalls(facts, udpPort) : []),
    ...verify.map((kind) => verification(kind, facts, udpPort)),
  ];
}

function startUpFiles(change: StartUpChange, { version }: NodeFacts): Remedy[] {
  const override = systemdOverride(change);
  return [
    sysconfig(change),
    debianConf(change),
    ...(override === null ? [] : [override]),
    ...containers(change, version),
  ];
}

/** None when no port can be reached over the network. */
function firewalls(facts: NodeFacts, udpPort: number | null): Remedy[] {
  const local = facts.listeners.length > 0 && facts.listeners.every(isLocal);
  const tcp = facts.ports;
  const ports = { tcp, udp: [...new Set([...tcp, ...(udpPort === null ? [] : [udpPort])])] };
  if (local || tcp.length === 0) return [];
  const allowed = allowedSources(facts);
  return [
    firewalld(ports, allowed),
    nftables(ports, allowed),
    iptables(ports, allowed),
    ufw(ports, allowed),
    securityGroup(ports, allowed),
  ];
}

function isLocal({ scope }: NodeFacts["listeners"][number]): boolean {
  return scope === "loopback" || scope === "unix";
}
