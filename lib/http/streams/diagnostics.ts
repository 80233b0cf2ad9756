/**
 * The stream behind `/api/v1/diagnostics/{id}/events`: one run as it goes on, gathered for a quarter of a second.
 *
 * Events: `diagnostic` once, the whole of it; `progress` with the run whose `findings` are those that came since;
 * `end` once, empty, when nothing of it changes any longer.
 */
import "server-only";
import type { Finding } from "@/lib/model/findings/finding.schema";
import type { Runtime } from "@/lib/server/runtime";
import { type SseWriter, sseResponse } from "../sse";

const GATHER_MS = 250;

/** @throws NotFoundError */
export function diagnosticStream(runtime: Runtime, request: Request, id: string): Response {
  const run = runtime.diagnostics.run(id);
  return sseResponse(runtime, request, "viewer", (reader) => follow(run, reader));
}

type Run = ReturnType<Runtime["diagnostics"]["run"]>;

function follow(run: Run, reader: SseWriter): () => void {
  const found: Finding[] = [];
  let dirty = false;
  const stop = run.follow((news) => {
    dirty = true;
    if (news.kind === "findings") found.push(...news.findings);
  });
  reader.send("diagnostic", run.snapshot());
  const tell = () => {
    if (dirty) reader.send("progress", { ...run.progress(), findings: found.splice(0) });
    dirty = false;
    if (!run.ended) return;
    // After `end` a reader knows that coming back would bring nothing new.
    reader.send("end", {});
    reader.end();
  };
  const gather = setInterval(tell, GATHER_MS);
  if (run.ended) tell();
  return () => {
    clearInterval(gather);
    stop();
  };
}
