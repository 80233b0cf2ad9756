/** Plans for findings about options, versions and advisories. */
import { wholeNumber } from "../../check-builders";
import { VERSION_FLOOR } from "../../probes/advisories/advisories";
import type { Plan, PlanContext, PlansByCheck } from "../plan";
import { type Prose, sentences } from "../prose";
import { changeFor, type OptionChange } from "../start-up/options";

const MIB = 1_048_576;
/** Seconds after which an idle connection is closed, as an example. */
const IDLE_SECONDS = "3600";

function maxconns({ facts }: PlanContext): Plan {
  return {
    explanation: {
      en:
        "Clients that all reconnect at once, as after a deployment, need twice the connections for a while. Raise -c; " +
        "each connection costs a file descriptor (LimitNOFILE of the unit) and a little memory.",
      ja:
        "デプロイ後などにクライアントが一斉に再接続すると、一時的に 2 倍の接続が必要になります。-c を増やしてください。1 接続ごとに" +
        "ファイルディスクリプター (ユニットの LimitNOFILE) とわずかなメモリを使います。",
    },
    changes: moreConnections(facts.settings?.get("maxconns")),
    verify: ["settings"],
  };
}

/** Aligns the settings that an option sets; names the others. */
function drift({ facts, drift: differences }: PlanContext): Plan {
  const changes: OptionChange[] = [];
  const others: string[] = [];
  for (const [name, value] of differences()) {
    const change = changeFor(name, value, facts.version);
    if (change === null) others.push(name);
    else changes.push(change);
  }
  return {
    explanation: sentences(
      {
        en:
          "A node that differs from its pool evicts, rejects or answers differently for its share of the keys. The " +
          "options below are those of most of the pool; if this node has the right ones, change the others.",
        ja:
          "プールと設定が異なるノードでは、担当するキーの追い出し、拒否、応答がほかのノードと異なります。下のオプションはプールの多数の" +
          "ノードの設定です。このノードの設定が正しい場合は、ほかのノードを変更してください。",
      },
      others.length === 0
        ? null
        : {
            en: `No single option sets: ${others.join(", ")}.`,
            ja: `1 つのオプションでは設定できない項目: ${others.join(", ")}。`,
          },
    ),
    changes,
    verify: ["settings"],
  };
}

/** Values of the costly options that cost nothing. */
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
    explanation: {
      en:
        "Each of these options has a use; if nobody knows why one is set, remove it. Actions can change slab_automove " +
        "and the LRU crawler until the next restart; stats detail off stops the counting by prefix.",
      ja:
        "これらのオプションにはそれぞれ用途がありますが、設定した理由が不明な場合は外してください。slab_automove と LRU クローラーは、" +
        "次の再起動までの間、アクションで変更できます。stats detail off でプレフィックスごとの集計を停止できます。",
    },
    changes,
    verify: ["settings"],
  };
}

const UPGRADE: Prose = {
  en:
    `Upgrade to ${VERSION_FLOOR} or later. Distributions backport fixes without changing the version number: check ` +
    "there first (Debian: apt changelog memcached, security-tracker.debian.org; RHEL: rpm -q --changelog memcached, " +
    "access.redhat.com/security; containers: the image's tag). If the build includes the fix, an admin can mark the " +
    "finding as patched.",
  ja:
    `${VERSION_FLOOR} 以降にアップグレードしてください。ディストリビューションはバージョン番号を変えずに修正をバックポートすることがあるため、` +
    "先に確認してください (Debian: apt changelog memcached、security-tracker.debian.org、RHEL: rpm -q --changelog memcached、" +
    "access.redhat.com/security、コンテナ: イメージのタグ)。ビルドに修正が含まれる場合は、管理者が修正済みとしてマークできます。",
};

function upgrade(): Plan {
  return { explanation: UPGRADE };
}

const WITHOUT_UDP: Prose = {
  en: "Until then, -U 0 removes the exposure.",
  ja: "それまでは -U 0 で影響を回避できます。",
};
const KNOWN_HOSTS_ONLY: Prose = {
  en: "Until then, allow only known hosts to reach the port.",
  ja: "それまでは、既知のホストだけがポートに接続できるようにしてください。",
};

/** How to avoid an advisory's condition until the upgrade. */
const WORKAROUNDS: Readonly<Record<string, Prose>> = {
  udpListens: WITHOUT_UDP,
  udpListensWithSasl: WITHOUT_UDP,
  dumpEnabled: {
    en: "Until then, -X removes the exposure; Memfleet can't list keys then.",
    ja: "それまでは -X で影響を回避できますが、Memfleet でキーの一覧を取得できなくなります。",
  },
  binaryReachable: {
    en: "Until then, -B ascii removes the exposure if every client uses the text protocol.",
    ja: "それまでは、すべてのクライアントがテキストプロトコルを使う場合に、-B ascii で影響を回避できます。",
  },
  sasl: KNOWN_HOSTS_ONLY,
  authfile: KNOWN_HOSTS_ONLY,
  always: KNOWN_HOSTS_ONLY,
};

function advisory({ figures }: PlanContext): Plan {
  const condition = typeof figures.condition === "string" ? figures.condition : "";
  const workaround = Object.hasOwn(WORKAROUNDS, condition) ? WORKAROUNDS[condition] : undefined;
  return { explanation: sentences(UPGRADE, workaround ?? null) };
}

/** Twice the current limit. */
export function moreConnections(maxconnsSetting: string | undefined): OptionChange[] {
  const limit = wholeNumber(maxconnsSetting);
  return limit === null || limit === 0 || limit > 1_000_000 ? [] : [{ option: "-c", to: String(limit * 2) }];
}

/** Twice the current limit. */
export function moreMemory(maxbytesSetting: string | undefined): OptionChange[] {
  const bytes = wholeNumber(maxbytesSetting);
  const megabytes = bytes === null ? 0 : Math.floor(bytes / MIB);
  return megabytes === 0 || megabytes > 4_000_000 ? [] : [{ option: "-m", to: String(megabytes * 2) }];
}

export const SETTINGS_PLANS: PlansByCheck = {
  "memory-default": {
    explanation: {
      en:
        "64 MB is what memcached uses without -m. Set -m, in megabytes, to what the host can spare besides connections " +
        "and buffers; 1024 below is an example. The cache_memlimit action changes the limit without a restart, until " +
        "the next one.",
      ja:
        "-m を指定しないと、memcached の上限は 64 MB です。接続とバッファの分を除いてホストで割り当てられる値を、MB 単位で -m に指定して" +
        "ください。下の 1024 は例です。cache_memlimit アクションを使うと、次の再起動までの間、再起動せずに変更できます。",
    },
    changes: [{ option: "-m", to: "1024" }],
    verify: ["settings"],
  },
  verbosity: {
    explanation: {
      en:
        "-v is for debugging: it costs time and fills the log, and -vv and above log keys. The set_verbosity action " +
        "with 0 turns it off at once, until the next restart.",
      ja:
        "-v はデバッグ用です。処理時間がかかってログが増え、-vv 以上ではキーもログに出力されます。set_verbosity アクションで 0 を指定すると、" +
        "次の再起動までの間、すぐに無効にできます。",
    },
    changes: [{ option: "-v", to: null }],
    verify: ["settings"],
  },
  "shutdown-command": {
    explanation: {
      en: "With -A, any client can stop the server with one command. Service managers stop it by signal: remove -A.",
      ja:
        "-A を指定すると、どのクライアントからでもコマンド 1 つでサーバーを停止できます。サービスマネージャーはシグナルで停止するため、" +
        "-A を外してください。",
    },
    changes: [{ option: "-A", to: null }],
    verify: ["settings"],
  },
  "flush-enabled": {
    explanation: {
      en:
        "-F rejects flush_all from everyone, including Memfleet. Use it where a flush would overload the database. " +
        "Elsewhere flush_all is a useful tool: control who can connect instead.",
      ja:
        "-F を指定すると、Memfleet を含むすべてのクライアントの flush_all を拒否します。フラッシュによってデータベースが過負荷になる環境で" +
        "使ってください。それ以外では flush_all は有用なため、接続できるクライアントを制限してください。",
    },
    changes: [{ option: "-F", to: true }],
    verify: ["settings"],
  },
  "dump-enabled": {
    explanation: {
      en:
        "-X rejects key listing, including Memfleet's key list and prefix actions. Use it where the keys themselves " +
        "contain personal data.",
      ja:
        "-X を指定すると、キー一覧の取得を拒否します。Memfleet のキー一覧とプレフィックスのアクションも使えなくなります。" +
        "キー自体に個人情報が含まれる環境で使ってください。",
    },
    changes: [{ option: "-X", to: true }],
    verify: ["settings"],
  },
  maxconns,
  "idle-timeout": {
    explanation: {
      en:
        "Connections of clients that disappeared stay open until memcached closes them. Set more seconds than a healthy " +
        `client's longest pause; ${IDLE_SECONDS} below is an example. Clients must handle a closed connection.`,
      ja:
        "異常終了したクライアントの接続は、memcached が閉じるまで残ります。正常なクライアントの最長の待機時間より長い秒数を指定して" +
        `ください。下の ${IDLE_SECONDS} は例です。接続が閉じられた場合の処理がクライアントに必要です。`,
    },
    changes: [{ option: "idle_timeout", to: IDLE_SECONDS }],
    verify: ["settings"],
  },
  "clock-skew": {
    explanation: {
      en:
        "memcached treats expiry times beyond 30 days as absolute, by its own clock. Synchronize both machines (chrony, " +
        "systemd-timesyncd); memcached doesn't need a restart.",
      ja:
        "memcached は 30 日を超える有効期限を、自身の時計による絶対時刻として扱います。両方のマシンの時刻を同期してください (chrony、" +
        "systemd-timesyncd)。memcached の再起動は不要です。",
    },
    verify: ["clock"],
  },
  drift,
  options,
  "version-floor": upgrade,
  advisory,
};
