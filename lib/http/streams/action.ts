/**
 * The stream behind `/api/v1/actions/{id}/events`: one action as it goes on, gathered for a quarter of a second.
 *
 * Events: `action` once, the whole of it; `progress` with the action whose `targets` are those that changed since;
 * `end` once, empty, when nothing of it changes any longer: the watching has ended as well.
 */
import "server-only";
import type { Runtime } from "@/lib/server/runtime";
import { type SseWriter, sseResponse } from "../sse";

const GATHER_MS = 250;

/** @throws NotFoundError */
export async function actionStream(runtime: Runtime, request: Request, id: string): Promise<Response> {
  const action = await runtime.actions.get(id);
  return sseResponse(runtime, request, "operator", (reader) => {
    const following = runtime.actions.following(id);
    if (following !== null) return follow(following, reader);
    reader.send("action", action);
    finish(reader);
    return () => {};
  });
}

type Following = NonNullable<ReturnType<Runtime["actions"]["following"]>>;

function follow(following: Following, reader: SseWriter): () => void {
  const changed = new Set<number>();
  let dirty = false;
  const tell = () => {
    if (!dirty) return;
    dirty = false;
    const { targets, ...action } = following.action();
    reader.send("progress", { ...action, targets: targets.filter((_, place) => changed.has(place)) });
    changed.clear();
  };
  const stop = following.onChange((places) => {
    dirty = true;
    for (const place of places) changed.add(place);
  });
  const gather = setInterval(tell, GATHER_MS);
  reader.send("action", following.action());
  const over = () => {
    tell();
    finish(reader);
  };
  following.finished.then(over, over);
  return () => {
    clearInterval(gather);
    stop();
  };
}

/** After `end` a reader knows that coming back would bring nothing new. */
function finish(reader: SseWriter): void {
  reader.send("end", {});
  reader.end();
}
