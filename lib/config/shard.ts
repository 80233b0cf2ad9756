/** A fleet shared by several processes: each polls its part of the nodes, and all of them show every node. */
import { createHash } from "node:crypto";

export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

const MAX_SHARDS = 1_000;

/** `1/3` is the second of three. Null for anything else. */
export function parseShard(text: string): Shard | null {
  const [, first, second] = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? [];
  const index = Number(first);
  const count = Number(second);
  return count >= 1 && count <= MAX_SHARDS && index < count ? { index, count } : null;
}

/**
 * Whether this process polls a node. Depends on the node's id only, so that processes need no coordination: the first
 * 32 bits of its SHA-256, modulo the number of shards.
 */
export function isOwnNode(id: string, shard: Shard | null): boolean {
  if (shard === null || shard.count === 1) return true;
  return createHash("sha256").update(id).digest().readUInt32BE(0) % shard.count === shard.index;
}
