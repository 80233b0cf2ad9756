/**
 * The stream behind `/api/v1/diagnostics/{id}/events`: the progress of one run, gathered for a quarter of a second.
 *
 * Events: `diagnostic` once, in full; `progress` with the run and only those `findings` that are new; `end` once,
 * empty, when the run is over.
 */
import "server-only";
import type { Finding } from "@/lib/model/findings/finding.schema";
import type { Runtime } from "@/lib/server/runtime";
import { finish, gathered, type SseWriter, sseResponse } from "../sse";

const GATHER_MS = 250;

/** @throws NotFoundError */
export function diagnosticStream(runtime: Runtime, request: Request, id: string): Response {
  const run = runtime.diagnostics.run(id);
  return sseResponse(runtime, request, "viewer", (reader) => follow(run, reader));
}

type Run = ReturnType<Runtime["diagnostics"]["run"]>;

function follow(run: Run, reader: SseWriter): () => void {
  const fresh: Finding[] = [];
  const subscribe = (onChange: () => void) =>
    run.follow((change) => {
      if (change.kind === "findings") fresh.push(...change.findings);
      onChange();
    });
  // The run reports its own end as a change.
  const updates = gathered(subscribe, GATHER_MS, () => {
    reader.send("progress", { ...run.progress(), findings: fresh.splice(0) });
    if (run.ended) finish(reader);
  });
  reader.send("diagnostic", run.snapshot());
  if (run.ended) finish(reader);
  return updates.stop;
}
