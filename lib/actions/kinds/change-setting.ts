/** One setting that a command changes and `stats settings` shows. */
import type { Tuning } from "@/lib/memcached/contract";
import type { Target, TargetResult } from "../contract";
import { change, readGroupStats } from "./node-stats";

/**
 * Sends the command, and verifies that the setting has the requested value. `shownAs`: the setting's name in the
 * result; `warning`: what to know about the new value, null for nothing.
 */
export async function changeSetting(
  { client }: Target,
  command: Tuning,
  setting: string,
  shownAs: string,
  requested: number,
  { warning }: { readonly warning: string | null },
): Promise<TargetResult> {
  const read = async () => (await readGroupStats(client, "settings"))(setting);
  const before = await read();
  const reply = await client.tune(command);
  const after = await read();
  const verified = after === requested;
  const missing = after === null ? "; not verified: the node does not report it" : `, requested ${requested}`;
  const note = verified ? (warning === null ? "" : `; ${warning}`) : missing;
  const detail = `${reply}; ${setting} ${change(before, after)}${note}`;
  return { verified, detail, before: { [shownAs]: before }, after: { [shownAs]: after } };
}
