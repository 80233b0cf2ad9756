/** Plans for findings about who can reach a node, and as whom. */
import { isCutSetting } from "@/lib/catalogue/settings";
import { listenEntry, scopeOfIp } from "../../probes/listeners/scopes";
import type { NodeFacts } from "../node-facts";
import type { Plan, PlanContext, PlansByCheck } from "../plan";
import { type Prose, sentences } from "../prose";
import { placeholder } from "../shell-quoting";
import { isListenList, type OptionChange } from "../start-up/options";
import { authfileSteps, saslSteps } from "../steps/sign-in";
import { canSpeakTls, certificateSteps, tlsPaths } from "../steps/tls";

const NO_UDP: OptionChange = { option: "-U", to: "0" };

function udpAnswers({ facts }: PlanContext): Plan {
  return {
    explanation: {
      en:
        "With UDP enabled, anyone who can forge a sender address can make this node send much larger responses to a " +
        "victim. Disable UDP (-U 0, the default since 1.5.6) and block the port for everyone but known hosts. A port " +
        "that doesn't respond proves nothing: only a refusal or the node's own udpport 0 does.",
      ja:
        "UDP が有効だと、送信元アドレスを偽装したリクエストにより、このノードから攻撃対象へ何倍もの大きさの応答を送らせることができます。" +
        "UDP を無効にし (-U 0、1.5.6 以降のデフォルト)、既知のホスト以外からのポートへのアクセスを遮断してください。" +
        "応答がないだけでは安全とは判断できません。拒否されるか、ノードの udpport が 0 であることを確認してください。",
    },
    changes: [NO_UDP, ...(isWide(facts) ? listenChange(facts) : [])],
    firewall: true,
    verify: ["udp", "listeners"],
  };
}

function listens({ facts }: PlanContext): Plan {
  const { address } = facts.endpoint;
  const memfleetAddress: Prose | null =
    address.kind === "tcp"
      ? {
          en: `Memfleet connects to ${address.host}: keep listening on that address.`,
          ja: `Memfleet は ${address.host} に接続しているため、このアドレスでの待ち受けは残してください。`,
        }
      : null;
  return {
    explanation: sentences(
      {
        en:
          "Listen only on loopback and on the private address that clients use. If you can't restart the node now, " +
          "add firewall rules first.",
        ja:
          "ループバックと、クライアントが使うプライベートアドレスだけで待ち受けてください。" +
          "すぐに再起動できない場合は、先にファイアウォールのルールを追加してください。",
      },
      memfleetAddress,
    ),
    changes: [...listenChange(facts), NO_UDP],
    firewall: true,
    verify: ["listeners", "udp"],
  };
}

function signInNeeded({ facts }: PlanContext): Plan {
  const authfile = authfileSteps(facts);
  return {
    explanation: {
      en:
        "Either require authentication, by SASL (binary protocol) or an authfile (text protocol, 1.5.15+), or allow " +
        "only known hosts to reach the port. Update the clients before the node starts to require credentials.",
      ja:
        "SASL (バイナリプロトコル) または authfile (テキストプロトコル、1.5.15 以降) による認証を必須にするか、既知のホストだけがポートに" +
        "接続できるようにしてください。ノードで認証を必須にする前に、クライアントを認証に対応させてください。",
    },
    changes: isWide(facts) ? listenChange(facts) : [],
    steps: [saslSteps(facts, false), ...(authfile === null ? [] : [authfile])],
    firewall: true,
    verify: ["sign-in"],
  };
}

const unauthenticatedAccess: Plan = {
  explanation: {
    en:
      "The node offers authentication but doesn't enforce it. Check the version (several old ones had authentication " +
      "bypasses) and the files that mech_list and sasldb_path name. Until it is fixed, allow only known hosts to reach " +
      "the port.",
    ja:
      "ノードは認証に対応していますが、必須になっていません。バージョン (認証を回避できる古いバージョンがあります) と、mech_list と " +
      "sasldb_path の内容を確認してください。解決するまでは、既知のホストだけがポートに接続できるようにしてください。",
  },
  firewall: true,
  verify: ["sign-in"],
};

function credentialsWork({ figures, facts }: PlanContext): Plan {
  if (figures.method === null) {
    return {
      explanation: {
        en: "Configure a user of this node under the pool's auth. A dedicated Memfleet user is easy to revoke.",
        ja: "プールの auth に、このノードのユーザーを設定してください。Memfleet 専用のユーザーにすると、簡単に取り消せます。",
      },
      steps: [saslSteps(facts, true)],
      verify: ["sign-in"],
    };
  }
  if (figures.outcome === "refused") {
    return {
      explanation: {
        en:
          "The user doesn't exist on the node, or the password differs. With SASL, the user's domain must be the node's " +
          "host name (saslpasswd2 -u), and memcached must be able to read the database.",
        ja:
          "ユーザーがノードに存在しないか、パスワードが異なります。SASL では、ユーザーのドメインをノードのホスト名にし " +
          "(saslpasswd2 -u)、memcached がデータベースを読み取れるようにする必要があります。",
      },
      steps: [saslSteps(facts, true)],
      verify: ["sign-in"],
    };
  }
  return {
    explanation: {
      en:
        "The node doesn't require the configured credentials: it may have been started without -S or -Y. Start it with " +
        "one of them, or remove the credentials from the configuration.",
      ja:
        "ノードは設定済みの認証情報を要求しません。-S または -Y なしで起動されている可能性があります。いずれかを指定して起動するか、" +
        "設定から認証情報を削除してください。",
    },
    verify: ["sign-in"],
  };
}

function signInEncrypted({ facts }: PlanContext): Plan {
  return {
    explanation: sentences(
      {
        en:
          "PLAIN and the authfile send the password in plaintext. Use TLS (-Z, 1.5.13+, if the package is built with " +
          "it), or keep the network between clients and node private.",
        ja:
          "PLAIN と authfile ではパスワードが平文で送信されます。TLS (-Z、1.5.13 以降で、パッケージが TLS に対応している場合) を使うか、" +
          "クライアントとノードの間をプライベートネットワークにしてください。",
      },
      tooOld(facts),
      {
        en:
          "Clients must switch to TLS at the same time as the node; -l notls:<address> keeps a plaintext listener " +
          "during the migration.",
        ja: "クライアントもノードと同時に TLS へ切り替える必要があります。移行中は -l notls:<アドレス> で平文の待ち受けを残せます。",
      },
    ),
    ...tls(facts),
    firewall: false,
    verify: ["tls", "sign-in"],
  };
}

function tlsOffered({ facts, evidence }: PlanContext): Plan {
  if (facts.endpoint.tls === null && evidence.offered === true) {
    return {
      explanation: {
        en: "Set tls for the pool in Memfleet's configuration, with the CA that signed the certificate.",
        ja: "Memfleet の設定で、証明書に署名した CA とともに、プールに tls を設定してください。",
      },
      verify: ["tls"],
    };
  }
  if (evidence.offered === true) {
    return {
      explanation: {
        en:
          "Both sides use TLS but have no version or cipher in common, or one requires a certificate that the other " +
          "doesn't have: check ssl_min_version, ssl_ciphers, and ssl_verify_mode.",
        ja:
          "双方が TLS を使っていますが、共通のバージョンや暗号スイートがないか、一方が要求する証明書を他方が持っていません。" +
          "ssl_min_version、ssl_ciphers、ssl_verify_mode を確認してください。",
      },
      verify: ["tls"],
    };
  }
  return {
    explanation: sentences(
      {
        en:
          "Traffic can be read on the network. TLS (-Z) requires 1.5.13+ and a package that is built with it " +
          "(memcached --help lists -Z).",
        ja:
          "通信内容がネットワーク上で読み取られる可能性があります。TLS (-Z) には 1.5.13 以降と、TLS に対応したパッケージが必要です " +
          "(memcached --help に -Z が表示されます)。",
      },
      tooOld(facts),
    ),
    ...tls(facts),
    verify: ["tls"],
  };
}

function certificate({ facts }: PlanContext): Plan {
  return {
    explanation: {
      en:
        "Clients that verify certificates reject this one. Serve a certificate that a trusted CA signed for the name " +
        "clients connect to, and renew it before it expires.",
      ja:
        "証明書を検証するクライアントは、この証明書を拒否します。クライアントが接続に使う名前に対して、信頼できる CA が署名した証明書を" +
        "使い、期限が切れる前に更新してください。",
    },
    steps: [certificateSteps(facts)],
    verify: ["tls"],
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

function tooOld(facts: NodeFacts): Prose | null {
  if (canSpeakTls(facts)) return null;
  return {
    en: "This node's version doesn't support TLS: upgrade it first.",
    ja: "このノードのバージョンは TLS に対応していないため、先にアップグレードしてください。",
  };
}

function isWide({ listeners }: NodeFacts): boolean {
  return listeners.some(({ scope }) => scope === "all" || scope === "public");
}

/** `-l` without wide addresses: the narrow ones it lists, loopback, and the private addresses in use. */
export function listenChange(facts: NodeFacts): readonly OptionChange[] {
  const socket = facts.settings?.get("domain_socket") ?? "NULL";
  if (socket !== "NULL") return [];
  const inter = facts.settings?.get("inter") ?? "NULL";
  const listed =
    inter === "NULL" || isCutSetting(inter) || !isListenList(inter)
      ? []
      : inter.split(",").filter((entry) => entry !== "");
  const narrow = listed.filter((entry) => !isWideEntry(entry));
  const hosts = narrow.map((entry) => listenEntry(entry).host);
  const hasLoopback = hosts.some((host) => host === "localhost" || scopeOfIp(host) === "loopback");
  const added = hosts.some((host) => scopeOfIp(host) === "private") ? [] : facts.privateAddresses;
  const entries = [...(hasLoopback ? [] : ["127.0.0.1"]), ...narrow, ...added];
  const reachable = added.length > 0 || narrow.length > 0 || isLocal(facts);
  const list = reachable ? entries : [...entries, placeholder("private ip")];
  const change = { option: "-l", to: [...new Set(list)].join(",") };
  return isListenList(change.to) ? [change] : [];
}

/** Memfleet runs on the same machine, and so does every client the node reports. */
function isLocal({ endpoint: { address }, clients }: NodeFacts): boolean {
  const host = address.kind === "tcp" ? address.host : "localhost";
  return (
    (host === "localhost" || scopeOfIp(host) === "loopback") && (clients === null || clients.length === 0)
  );
}

function isWideEntry(entry: string): boolean {
  const scope = scopeOfIp(listenEntry(entry).host);
  return scope === "all" || scope === "public";
}

export const EXPOSURE_PLANS: PlansByCheck = {
  "udp-answers": udpAnswers,
  listens,
  "sign-in-needed": signInNeeded,
  "no-credentials-refused": unauthenticatedAccess,
  "wrong-credentials-refused": unauthenticatedAccess,
  "credentials-work": credentialsWork,
  "sign-in-encrypted": signInEncrypted,
  "tls-offered": tlsOffered,
  "tls-certificate": certificate,
  "tls-expiry": certificate,
  "tls-name": certificate,
  "tls-udp-clear": {
    explanation: {
      en: "TLS doesn't cover UDP: anyone who can reach the UDP port bypasses TLS and authentication. Disable UDP.",
      ja: "TLS は UDP を保護しません。UDP ポートに到達できれば、TLS も認証も経由せずにアクセスできます。UDP を無効にしてください。",
    },
    changes: [NO_UDP],
    firewall: true,
    verify: ["udp"],
  },
};
