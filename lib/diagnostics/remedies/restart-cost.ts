import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "./node-facts";

/** What a restart of this node costs now, by what was collected last. */
export function restartCost({ view, settings }: NodeFacts): Remedy {
  const { currItems, bytes, hitRatio, getsPerSecond } = view;
  const items = currItems === null ? "all its items" : `${currItems} items`;
  const size = bytes === null ? "" : ` (${Math.round(bytes / 1_048_576)} MiB)`;
  const hits = hitRatio === null || getsPerSecond === null ? null : Math.round(hitRatio * getsPerSecond);
  const load =
    hits === null
      ? "How many hits that turns into misses is not known yet."
      : `About ${hits} hits per second become misses until it is warm again.`;
  const file = settings?.get("memory_file") ?? "(null)";
  const kept = file === "(null)" ? "" : " With -e the items outlive a restart by SIGUSR1.";
  const text = `A restart loses ${items}${size}. ${load}${kept} Restart the nodes of a pool one after another.`;
  return { for: "cost", title: "Restart: cold cache", text };
}
