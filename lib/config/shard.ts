/** A fleet shared among several processes: each asks its part of the nodes, and any of them shows all. */
import { createHash } from "node:crypto";

export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

const MOST_SHARDS = 1_000;

/** `1/3` is the second of three. Null for anything else. */
export function parseShard(text: string): Shard | null {
  const [, first, second] = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? [];
  const index = Number(first);
  const count = Number(second);
  return count >= 1 && count <= MOST_SHARDS && index < count ? { index, count } : null;
}

/**
 * Whether a node is asked by this process. Goes by the node's id alone, so that processes need not speak with one
 * another: the first 32 bits of its SHA-256, modulo the number of shards.
 */
export function isOwnNode(id: string, shard: Shard | null): boolean {
  if (shard === null || shard.count === 1) return true;
  return createHash("sha256").update(id).digest().readUInt32BE(0) % shard.count === shard.index;
}
