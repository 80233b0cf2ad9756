/** Memfleet without its pages: starts a staggered flush of the pool `main`, reports it, and runs until it is stopped. */
import { startProcess } from "@/lib/server/lifecycle";
import { getRuntime } from "@/lib/server/runtime";

await startProcess();
const { actions } = getRuntime();
// What Next does by listening.
setInterval(() => {}, 60_000);
while (
  getRuntime()
    .nodes()
    .some(({ status }) => status !== "up")
) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const { id } = await actions.begin(
  { name: "somebody", role: "operator", via: "token" },
  { kind: "flush_all", pool: "main", input: { staggerSeconds: 600 }, confirm: "main" },
);
while ((await actions.get(id)).targets[0]?.state !== "verified") {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
process.stdout.write(`flushing ${id}\n`);
