/** The colour of a node in every chart. */

/**
 * Any two differ by at least 20 (CIEDE2000) in either theme, also under protanopia, deuteranopia and tritanopia, and reach
 * 3:1 against the chart's surface; `node-tone.test.ts` computes it from `app/globals.css`. None is the red of an alarm.
 */
export const NODE_TONES = ["n1", "n2", "n3", "n4", "n5", "n6"] as const;
export type NodeTone = (typeof NODE_TONES)[number];

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The same for a node id in every chart, browser and session: FNV-1a, mixed, because ids of one fleet differ in their last
 * digits only.
 */
export function nodeTone(id: string): NodeTone {
  let hash = FNV_OFFSET;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), FNV_PRIME);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return NODE_TONES[(hash >>> 0) % NODE_TONES.length] as NodeTone;
}
