import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "./node-facts";
import { proseRemedy, sentences } from "./prose";

const KEEPS_ITEMS = {
  en: "With -e, items survive a restart by SIGUSR1.",
  ja: "-e を指定している場合、SIGUSR1 での再起動ではアイテムが残ります。",
};

/** What a restart of this node costs now, by the last poll. */
export function restartCost({ view, settings }: NodeFacts): Remedy {
  const { currItems, bytes, hitRatio, getsPerSecond } = view;
  const size = bytes === null ? "" : ` (${Math.round(bytes / 1_048_576)} MiB)`;
  const hits = hitRatio === null || getsPerSecond === null ? null : Math.round(hitRatio * getsPerSecond);
  const memoryFile = settings?.get("memory_file") ?? "(null)";
  return proseRemedy(
    "cost",
    { en: "Restart: cold cache", ja: "再起動によるキャッシュの消失" },
    sentences(
      {
        en: `A restart loses ${currItems === null ? "all items" : `${currItems} items`}${size}.`,
        ja: `再起動すると、${currItems === null ? "すべてのアイテム" : `${currItems} 件のアイテム`}${size} が失われます。`,
      },
      hits === null
        ? {
            en: "How many hits will become misses is not known yet.",
            ja: "ミスに変わるヒットの数はまだ分かりません。",
          }
        : {
            en: `About ${hits} hits/s become misses until the cache is warm again.`,
            ja: `キャッシュが温まるまで、約 ${hits} ヒット/秒がミスになります。`,
          },
      memoryFile === "(null)" ? null : KEEPS_ITEMS,
      {
        en: "Restart the nodes of a pool one at a time.",
        ja: "プールのノードは 1 台ずつ再起動してください。",
      },
    ),
  );
}
