import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { DAY_MS } from "@/lib/model/time";
import { testHistory } from "@/tests/history/contract-suite";
import type { History } from "../contract";
import { createEmbeddedHistory, type EmbeddedHistory, type EmbeddedHistoryOptions } from "./history";

const root = mkdtempSync(join(tmpdir(), "memfleet-history-"));
const opened = new Map<History, { history: EmbeddedHistory; options: EmbeddedHistoryOptions }>();
let directories = 0;

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function open(options: EmbeddedHistoryOptions): Promise<EmbeddedHistory> {
  const history = await createEmbeddedHistory(options);
  opened.set(history, { history, options });
  return history;
}

testHistory("the embedded history", {
  open: ({ intervalMs }) =>
    open({
      dataDir: join(root, String(directories++)),
      rawMs: DAY_MS,
      rollupMs: 90 * DAY_MS,
      intervalMs,
      now: () => Date.UTC(2026, 0, 5, 18, 0, 0),
    }),
  async reopen(history) {
    const known = opened.get(history);
    if (known === undefined) throw new Error("not opened here");
    await history.close();
    return open(known.options);
  },
  settle: (history) => opened.get(history)?.history.settled() ?? Promise.resolve(),
});
