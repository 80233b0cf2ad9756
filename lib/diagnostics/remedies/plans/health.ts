/** Plans for findings about a node's health and whether it can be reached. */
import type { Plan, PlanContext, PlansByCheck } from "../plan";
import { type Prose, sentences } from "../prose";
import { moreConnections, moreMemory } from "./settings";

/** The age of the evicted items, and whether they were ever fetched, come before any advice to buy memory. */
function evictions({ figures, facts }: PlanContext): Plan {
  const { advice, ageSeconds, unfetchedShare } = figures;
  const age: Prose | null =
    typeof ageSeconds === "number"
      ? {
          en: `The most recently used evicted item was last used ${ageSeconds} s earlier.`,
          ja: `追い出されたアイテムのうち最も最近使われたものは、${ageSeconds} 秒前に使われていました。`,
        }
      : null;
  const percent = typeof unfetchedShare === "number" ? Math.round(unfetchedShare * 100) : null;
  const unfetched: Prose | null =
    percent === null
      ? null
      : {
          en: `${percent}% of the evicted items were never fetched.`,
          ja: `追い出されたアイテムの ${percent}% は一度も取得されていません。`,
        };
  if (advice === "memory") {
    return {
      explanation: sentences(age, unfetched, {
        en:
          "Items are evicted before they pay off: raise -m (doubled below), or add nodes to the pool. Check the slab " +
          "classes first: if only one class evicts, slab_automove helps more than memory. The cache_memlimit action " +
          "raises the limit without a restart.",
        ja:
          "十分に使われる前にアイテムが追い出されています。-m を増やすか (下の例では 2 倍)、プールにノードを追加してください。" +
          "先にスラブクラスを確認してください。1 つのクラスだけで追い出しが起きている場合は、メモリの追加より slab_automove が有効です。" +
          "cache_memlimit アクションを使うと、再起動せずに上限を増やせます。",
      }),
      changes: moreMemory(facts.settings?.get("maxbytes")),
      verify: ["settings"],
    };
  }
  if (advice === "expiry") {
    return {
      explanation: sentences(age, unfetched, {
        en: "More memory would keep items that nobody reads. Give them a shorter expiry, or don't store them.",
        ja: "メモリを増やしても、読まれないアイテムが残るだけです。有効期限を短くするか、保存しないようにしてください。",
      }),
    };
  }
  return {
    explanation: sentences(age, unfetched, {
      en: "A full cache evicts what wasn't used for a long time. That is expected; no action is needed.",
      ja: "容量に達したキャッシュは、長く使われていないアイテムを追い出します。正常な動作のため、対処は不要です。",
    }),
  };
}

function outOfMemory({ facts }: PlanContext): Plan {
  const withoutEvictions = facts.settings?.get("evictions") === "off";
  return {
    explanation: sentences(
      {
        en:
          "Stores failed or connections were closed for lack of memory. Check stats items (outofmemory by slab class) " +
          "and response_obj_oom (read_buf_mem_limit is too small).",
        ja:
          "メモリ不足により、保存に失敗したか、接続が閉じられました。stats items (スラブクラスごとの outofmemory) と " +
          "response_obj_oom (read_buf_mem_limit が小さすぎる場合) を確認してください。",
      },
      withoutEvictions
        ? {
            en: "With -M, stores fail when memory is full: remove -M, or raise -m.",
            ja: "-M を指定すると、メモリが一杯のときに保存が失敗します。-M を外すか、-m を増やしてください。",
          }
        : { en: "Raise -m (doubled below).", ja: "-m を増やしてください (下の例では 2 倍)。" },
    ),
    changes: withoutEvictions ? [{ option: "-M", to: null }] : moreMemory(facts.settings?.get("maxbytes")),
    verify: ["settings"],
  };
}

function connections({ facts }: PlanContext): Plan {
  return {
    explanation: {
      en:
        "Before raising -c, check which clients hold the connections (the node's Connections tab): clients without a " +
        "connection pool, or idle ones that -o idle_timeout closes. At the limit memcached stops accepting. -c needs as " +
        "many file descriptors (LimitNOFILE of the unit).",
      ja:
        "-c を増やす前に、接続を保持しているクライアントを確認してください (ノードの「接続」タブ)。接続プールを使わないクライアントや、" +
        "-o idle_timeout で閉じられる長時間アイドルの接続が原因の場合があります。上限に達すると、memcached は接続の受け付けを停止します。" +
        "-c と同じ数のファイルディスクリプター (ユニットの LimitNOFILE) が必要です。",
    },
    changes: moreConnections(facts.settings?.get("maxconns")),
    verify: ["settings"],
  };
}

const slow: Plan = {
  explanation: {
    en:
      "memcached itself answers within a millisecond. Check for a busy CPU (threads, -t), swapping, very large " +
      "multi-gets, logging at -vv, and the network path.",
    ja:
      "memcached 自体は 1 ミリ秒以内に応答します。CPU の高負荷 (スレッド数、-t)、スワップ、巨大な multi-get、-vv でのログ出力、" +
      "途中のネットワークを確認してください。",
  },
  verify: ["network", "log"],
};

export const HEALTH_PLANS: PlansByCheck = {
  evictions,
  "out-of-memory": outOfMemory,
  "connections-use": connections,
  "listener-disabled": connections,
  slow,
  restarts: {
    explanation: {
      en:
        "Each restart empties the cache. The log shows whether memcached crashed, was killed for lack of memory, or was " +
        "restarted deliberately.",
      ja:
        "再起動のたびにキャッシュは空になります。クラッシュ、メモリ不足による強制終了、意図的な再起動のいずれであるかをログで確認して" +
        "ください。",
    },
    verify: ["log"],
  },
  "round-trip": {
    explanation: {
      en:
        "A key couldn't be stored, read, and deleted. With -M, stores fail when memory is full; a proxy may route the key " +
        "elsewhere; another client may have flushed meanwhile: run the test again.",
      ja:
        "キーの保存、読み出し、削除ができませんでした。-M を指定しているとメモリが一杯のときに保存が失敗します。プロキシがキーを別の" +
        "ノードに振り分けている場合や、途中で別のクライアントがフラッシュした場合もあります。再度テストしてください。",
    },
  },
  resolves: {
    explanation: {
      en:
        "Correct the name in DNS, or in Memfleet's configuration. If addresses are not allowed, use a name or an address " +
        "that is: Memfleet doesn't connect to link-local and similar addresses.",
      ja:
        "DNS または Memfleet の設定で名前を修正してください。アドレスが許可されていない場合は、許可されている名前かアドレスを使って" +
        "ください。Memfleet はリンクローカルなどのアドレスには接続しません。",
    },
    verify: ["network"],
  },
  connects: {
    explanation: {
      en:
        "Refused: nothing is listening on the port, or a firewall rejects the connection. No response: a firewall drops " +
        "it, or the host is down. The node's firewall must allow Memfleet's address.",
      ja:
        "拒否された場合: ポートで待ち受けがないか、ファイアウォールが接続を拒否しています。応答がない場合: ファイアウォールがパケットを" +
        "破棄しているか、ホストが停止しています。ノードのファイアウォールで Memfleet のアドレスを許可してください。",
    },
    verify: ["network"],
  },
  answers: slow,
};
