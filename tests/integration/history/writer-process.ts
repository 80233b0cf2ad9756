/** Appends sweeps endlessly to the given directory, and prints the time of each once it is stored. */

import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { createEmbeddedHistory } from "@/lib/history/embedded/history";

const [dataDir = "", first = "0", nodes = "60"] = process.argv.slice(2);
let atMs = Number(first);
const history = await createEmbeddedHistory({
  dataDir,
  rawMs: 86_400_000,
  rollupMs: 90 * 86_400_000,
  intervalMs: 10_000,
  now: () => atMs,
});
for (; ; atMs += 10_000) {
  const entries = Array.from({ length: Number(nodes) }, (_, node) => {
    const values = emptyValues();
    values[requiredSlot("get_hits")] = (atMs / 10_000) % 1_000;
    values[requiredSlot("bytes")] = node * 1_000 + ((atMs / 10_000) % 7);
    return { node: `10.0.0.${node}:11211`, values, elapsedSeconds: 10 };
  });
  await history.append({ atMs, entries });
  if (!history.health().writable) throw new Error(history.health().problem ?? "not writable");
  process.stdout.write(`${atMs}\n`);
}
