/**
 * Flushes the nodes it is given, one after the other, from the store in the directory it is given. Prints the
 * action's id, then the states of its nodes as they are on disk, whenever they change there. It is there to be
 * killed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openActions } from "./open-actions";

const [directory = "", staggerSeconds = "0", ...nodes] = process.argv.slice(2);
const { actions, log } = await openActions(directory, nodes);
const { id } = await actions.begin(
  { name: "flusher", role: "operator", via: "token" },
  { kind: "flush_all", pool: "main", input: { staggerSeconds: Number(staggerSeconds) }, confirm: "main" },
);
process.stdout.write(`${id}\n`);
for (let reported = ""; ; await sleep(10)) {
  const action = await log.get(Number(id));
  const states = action?.targets.map(({ state }) => state).join(" ") ?? "";
  if (states !== reported) process.stdout.write(`${states}\n`);
  reported = states;
}
