/** Plans for findings about who can reach a node, and as whom. */
import { scopeOfIp } from "../../probes/listeners/scopes";
import type { NodeFacts } from "../node-facts";
import type { Plan, PlanContext, Planner } from "../plan";
import { placeholder } from "../shell-quoting";
import { isListenList, type OptionChange } from "../start-up/options";
import { authfileSteps, saslSteps } from "../steps/sign-in";
import { canSpeakTls, certificateSteps, tlsPaths } from "../steps/tls";

const NO_UDP: OptionChange = { option: "-U", to: "0" };

export const EXPOSURE_PLANS: ReadonlyMap<string, Planner> = new Map<string, Planner>([
  ["udp-answers", udpAnswers],
  ["listens", listens],
  ["sign-in-needed", signInNeeded],
  ["no-credentials-refused", unauthenticatedAccess],
  ["wrong-credentials-refused", unauthenticatedAccess],
  ["credentials-work", credentialsWork],
  ["sign-in-encrypted", signInEncrypted],
  ["tls-offered", tlsOffered],
  ["tls-certificate", certificate],
  ["tls-expiry", certificate],
  ["tls-name", certificate],
  ["tls-udp-clear", udpBesideTls],
]);

function udpAnswers({ facts }: PlanContext): Plan {
  return {
    explanation:
      "UDP lets anybody who forges a sender have this node answer to a victim, many times larger. Switch it off " +
      "(-U 0; off by default from 1.5.6), and keep strangers off the port. A silent port proves nothing: only a " +
      "refusal, or the node's own udpport 0, does.",
    changes: [NO_UDP, ...(isWide(facts) ? listenChange(facts) : [])],
    firewall: true,
    verify: ["udp", "listeners"],
  };
}

function listens({ facts }: PlanContext): Plan {
  const { address } = facts.endpoint;
  const reached =
    address.kind === "tcp" ? ` Memfleet reaches it at ${address.host}: keep that among them.` : "";
  return {
    explanation:
      "Listen on loopback and on the private address that clients use, and nowhere else. Rules in a firewall come " +
      `first where it cannot be restarted now.${reached}`,
    changes: [...listenChange(facts), NO_UDP],
    firewall: true,
    verify: ["listeners", "udp"],
  };
}

function signInNeeded(found: PlanContext): Plan {
  const { facts } = found;
  const authfile = authfileSteps(facts);
  return {
    explanation:
      "Either have clients sign in, by SASL (binary protocol) or by an authfile (text protocol, from 1.5.15), or let " +
      "only known machines reach the port. Clients have to be able to sign in before the node asks for it.",
    changes: isWide(facts) ? listenChange(facts) : [],
    steps: [saslSteps(facts, false), ...(authfile === null ? [] : [authfile])],
    firewall: true,
    verify: ["sign-in"],
  };
}

function unauthenticatedAccess(): Plan {
  return {
    explanation:
      "It offers a sign-in but does not insist on it. Look at the version (several old ones could be passed by) and " +
      "at what mech_list and sasldb_path name; until then, let only known machines reach the port.",
    firewall: true,
    verify: ["sign-in"],
  };
}

function credentialsWork({ figures, facts }: PlanContext): Plan {
  const { method, outcome, reason } = figures;
  if (outcome === undefined && reason === undefined && method === null) {
    return {
      explanation:
        "Give Memfleet a user of this node under the pool's auth; a user of its own is easy to take back.",
      steps: [saslSteps(facts, true)],
      verify: ["sign-in"],
    };
  }
  if (outcome === "refused") {
    return {
      explanation:
        "The node knows no such user, or another password. With SASL the user's domain has to be the node's host " +
        "name (saslpasswd2 -u), and memcached has to be able to read the database.",
      steps: [saslSteps(facts, true)],
      verify: ["sign-in"],
    };
  }
  return {
    explanation:
      "The node does not ask for the credentials that Memfleet was given: it may have been started without -S or " +
      "-Y. Start it with them, or take the credentials out of the configuration.",
    verify: ["sign-in"],
  };
}

function signInEncrypted({ facts }: PlanContext): Plan {
  return {
    explanation:
      "PLAIN and the authfile send the password as it is. Speak TLS (-Z, from 1.5.13 and where the package is built " +
      `with it), or keep the way between clients and node private.${tooOld(facts)} Clients have to speak TLS at the ` +
      "moment the node does: -l notls:<address> keeps a listener without it meanwhile.",
    ...tls(facts),
    firewall: false,
    verify: ["tls", "sign-in"],
  };
}

function tlsOffered(found: PlanContext): Plan {
  const { facts, evidence } = found;
  if (facts.endpoint.tls === null && evidence.offered === true) {
    return {
      explanation:
        "Set tls for the pool in Memfleet's configuration, with the authority that signed the certificate.",
      verify: ["tls"],
    };
  }
  if (evidence.offered === true) {
    return {
      explanation:
        "Both speak TLS but find no common version or cipher, or one asks for a certificate that the other has not: " +
        "look at ssl_min_version, ssl_ciphers and ssl_verify_mode.",
      verify: ["tls"],
    };
  }
  return {
    explanation:
      "What crosses the network can be read on its way. TLS (-Z) needs 1.5.13 and a package that is built with it" +
      ` (memcached --help lists -Z).${tooOld(facts)}`,
    ...tls(facts),
    verify: ["tls"],
  };
}

function certificate({ facts }: PlanContext): Plan {
  return {
    explanation:
      "Clients that look, refuse this certificate. Serve one that a known authority signed, for the name that clients " +
      "connect to, and renew it before it ends.",
    steps: [certificateSteps(facts)],
    verify: ["tls"],
  };
}

function udpBesideTls(): Plan {
  return {
    explanation: "TLS does not cover UDP: whoever reaches the UDP port needs neither. Switch it off.",
    changes: [NO_UDP],
    firewall: true,
    verify: ["udp"],
  };
}

function tls(facts: NodeFacts): Pick<Plan, "changes" | "steps"> {
  if (!canSpeakTls(facts)) return {};
  const { certificate: path, key } = tlsPaths(facts);
  return {
    changes: [
      { option: "-Z", to: true },
      { option: "ssl_chain_cert", to: path },
      { option: "ssl_key", to: key },
    ],
    steps: [certificateSteps(facts)],
  };
}

function tooOld(facts: NodeFacts): string {
  return canSpeakTls(facts) ? "" : " This node's version cannot: upgrade it first.";
}

function isWide({ listeners }: NodeFacts): boolean {
  return listeners.some(({ scope }) => scope === "all" || scope === "public");
}

/** `-l` without what is wide: what it lists otherwise, loopback, and the private addresses that are in use. */
export function listenChange(facts: NodeFacts): readonly OptionChange[] {
  const socket = facts.settings?.get("domain_socket") ?? "NULL";
  if (socket !== "NULL") return [];
  const told = facts.settings?.get("inter") ?? "NULL";
  const listed = told === "NULL" || !isListenList(told) ? [] : told.split(",").filter((word) => word !== "");
  const kept = listed.filter((word) => !isWideWord(word));
  const hosts = kept.map((word) => hostOfWord(word));
  const loopback = hosts.some((host) => host === "localhost" || scopeOfIp(host) === "loopback");
  const own = hosts.some((host) => scopeOfIp(host) === "private") ? [] : facts.privateAddresses;
  const words = [...(loopback ? [] : ["127.0.0.1"]), ...kept, ...own];
  const reached = own.length > 0 || kept.length > 0 || isLocal(facts);
  const list = reached ? words : [...words, placeholder("private ip")];
  const change = { option: "-l", to: [...new Set(list)].join(",") };
  return isListenList(change.to) ? [change] : [];
}

/** Nobody comes from elsewhere: Memfleet is on the same machine, and so is every client it tells of. */
function isLocal({ endpoint: { address }, clients }: NodeFacts): boolean {
  const host = address.kind === "tcp" ? address.host : "localhost";
  return (
    (host === "localhost" || scopeOfIp(host) === "loopback") && (clients === null || clients.length === 0)
  );
}

function isWideWord(word: string): boolean {
  const scope = scopeOfIp(hostOfWord(word));
  return scope === "all" || scope === "public";
}

function hostOfWord(word: string): string {
  const bare = word.replace(/^(?:notls:|proto\[\w+\]:|tag_[^:]*_:)+/, "");
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(bare) ?? [];
  return bracketed ?? plain ?? bare;
}
