/** The owner of a key in a pool by each known hashing, and the nodes that have the key. */
import { forEachLimit } from "@/lib/concurrency/for-each-limit";
import type { FleetPool } from "@/lib/config/contract";
import type { HashedServer } from "@/lib/hashing/contract";
import { HASHINGS } from "@/lib/hashing/registry";
import type { NodeClient } from "@/lib/memcached/contract";
import { asNamedError } from "@/lib/model/errors";
import type { KeyOwner } from "@/lib/model/node/keys.schema";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { keyName } from "./key-name";

/** Nodes that are checked besides the owners. */
const MAX_OTHERS = 100;
const CONCURRENCY = 32;
const NOT_CHECKED = `not checked: in a large pool, only the owners and ${MAX_OTHERS} other nodes are checked`;

const COUNTED_AS_GET = "this check counted as a get of the item";

export interface PoolNode {
  readonly address: NodeAddress;
  readonly weight?: number | undefined;
  readonly client: Pick<NodeClient, "id" | "withKeys">;
}

type OwnerLookup = KeyOwner["found"][number];

/**
 * The last server list of each pool. Rings are cached by list, so the list must be the same object while the pool has the
 * same nodes in the same order.
 */
const serversByPool = new WeakMap<object, CachedServers>();

interface CachedServers {
  readonly nodes: readonly Pick<PoolNode, "address" | "weight">[];
  readonly servers: readonly HashedServer[];
}

function serversOf(pool: object, nodes: readonly PoolNode[]): readonly HashedServer[] {
  const cached = serversByPool.get(pool);
  const unchanged =
    cached?.nodes.length === nodes.length &&
    nodes.every(({ address, weight }, index) => {
      const before = cached.nodes[index];
      return before?.address === address && before.weight === weight;
    });
  if (unchanged && cached !== undefined) return cached.servers;
  const servers = nodes.map(({ address, weight = 1 }) => ({ ...address, weight }));
  serversByPool.set(pool, { nodes: nodes.map(({ address, weight }) => ({ address, weight })), servers });
  return servers;
}

/** `nodes`: all nodes of the pool in the order of the configuration, which matters for modulo and memjs. */
export async function findOwner(
  pool: Pick<FleetPool, "name" | "hashing">,
  nodes: readonly PoolNode[],
  key: Buffer,
): Promise<KeyOwner> {
  const servers = serversOf(pool, nodes);
  const owners = HASHINGS.flatMap(({ name, title, ownerOf }) => {
    const index = servers.length === 0 ? null : ownerOf(key, servers);
    const node = index === null ? undefined : nodes[index];
    return node === undefined ? [] : [{ hashing: name, title, node: node.client.id }];
  });
  const checked = nodesToCheck(
    nodes.map(({ client }) => client.id),
    new Set(owners.map(({ node }) => node)),
  );
  const found: OwnerLookup[] = nodes.map(({ client }) => ({
    node: client.id,
    found: null,
    detail: NOT_CHECKED,
  }));
  const indexes = nodes.flatMap(({ client }, index) => (checked.has(client.id) ? [index] : []));
  await forEachLimit(indexes, CONCURRENCY, async (index) => {
    const { client } = nodes[index] as PoolNode;
    found[index] = await checkNode(client, key);
  });
  return { pool: pool.name, ...keyName(key), configured: pool.hashing, owners, found };
}

/** The owners and the first other nodes. */
function nodesToCheck(ids: readonly string[], owners: ReadonlySet<string>): ReadonlySet<string> {
  const others = ids.filter((id) => !owners.has(id));
  return new Set([...owners, ...others.slice(0, MAX_OTHERS)]);
}

async function checkNode(client: PoolNode["client"], key: Buffer): Promise<OwnerLookup> {
  try {
    return await client.withKeys(async (keys) => {
      const found = await keys.exists(key);
      return { node: client.id, found, detail: found && !keys.inspectsSilently ? COUNTED_AS_GET : null };
    });
  } catch (error) {
    const named = asNamedError(error);
    if (named === null) throw error;
    return { node: client.id, found: null, detail: named.message };
  }
}
