/**
 * The stream behind `/api/v1/actions/{id}/events`: the progress of one action, gathered for a quarter of a second.
 *
 * Events: `action` once, in full; `progress` with the action and only those `targets` that changed since; `end` once,
 * empty, when the action and the watching after it are over.
 */
import "server-only";
import type { Runtime } from "@/lib/server/runtime";
import { finish, gathered, type SseWriter, sseResponse } from "../sse";

const GATHER_MS = 250;

/** @throws NotFoundError */
export async function actionStream(runtime: Runtime, request: Request, id: string): Promise<Response> {
  const action = await runtime.actions.get(id);
  return sseResponse(runtime, request, "operator", (reader) => {
    const following = runtime.actions.activeRun(id);
    if (following !== null) return follow(following, reader);
    reader.send("action", action);
    finish(reader);
    return () => {};
  });
}

type Following = NonNullable<ReturnType<Runtime["actions"]["activeRun"]>>;

function follow(following: Following, reader: SseWriter): () => void {
  const changed = new Set<number>();
  const subscribe = (onChange: () => void) =>
    following.onChange((indexes) => {
      for (const index of indexes) changed.add(index);
      onChange();
    });
  const updates = gathered(subscribe, GATHER_MS, () => {
    const { targets, ...action } = following.action();
    reader.send("progress", { ...action, targets: targets.filter((_, index) => changed.has(index)) });
    changed.clear();
  });
  reader.send("action", following.action());
  const end = () => {
    updates.flush();
    finish(reader);
  };
  following.finished.then(end, end);
  return updates.stop;
}
