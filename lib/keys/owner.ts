/** Which node of a pool owns a key by each hashing that is known, and where the key really is. */
import type { FleetPool } from "@/lib/config/contract";
import { HASHINGS } from "@/lib/hashing/registry";
import type { NodeClient } from "@/lib/memcached/contract";
import { asNamedError } from "@/lib/model/errors";
import type { KeyOwner } from "@/lib/model/node/keys.schema";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { keyName } from "./key-name";

/** Nodes that are asked besides the owners. */
const ALSO_ASKED = 100;
/** Nodes that are asked at the same time. */
const AT_ONCE = 32;
const NOT_ASKED = `not asked: of a pool this large only the owners and ${ALSO_ASKED} others are`;

const WAS_A_USE = "this node cannot be asked without it counting as a use of the item";

export interface PoolNode {
  readonly address: NodeAddress;
  readonly client: Pick<NodeClient, "id" | "withKeys">;
}

type OwnerLookup = KeyOwner["found"][number];

/** Rings are kept with their list of servers: the same list as long as the pool has the same nodes in the same order. */
const serversOf = new WeakMap<object, readonly NodeAddress[]>();

function serversIn(pool: object, nodes: readonly PoolNode[]): readonly NodeAddress[] {
  const kept = serversOf.get(pool);
  const same = kept?.length === nodes.length && nodes.every(({ address }, place) => kept[place] === address);
  const servers = same && kept !== undefined ? kept : nodes.map(({ address }) => address);
  serversOf.set(pool, servers);
  return servers;
}

/** `nodes`: all of the pool, in the order of the configuration: it decides in modulo and memjs. */
export async function findOwner(
  pool: Pick<FleetPool, "name" | "hashing">,
  nodes: readonly PoolNode[],
  key: Buffer,
): Promise<KeyOwner> {
  const addresses = serversIn(pool, nodes);
  const owners = HASHINGS.flatMap(({ name, title, ownerOf }) => {
    const place = addresses.length === 0 ? null : ownerOf(key, addresses);
    const node = place === null ? undefined : nodes[place];
    return node === undefined ? [] : [{ hashing: name, title, node: node.client.id }];
  });
  const asked = chosen(
    nodes.map(({ client }) => client.id),
    new Set(owners.map(({ node }) => node)),
  );
  const found = await bounded(nodes, AT_ONCE, ({ client }): Promise<OwnerLookup> => {
    return asked.has(client.id)
      ? isThere(client, key)
      : Promise.resolve({ node: client.id, found: null, detail: NOT_ASKED });
  });
  return { pool: pool.name, ...keyName(key), configured: pool.hashing, owners, found };
}

/** The owners and the first others. */
function chosen(ids: readonly string[], owners: ReadonlySet<string>): ReadonlySet<string> {
  const others = ids.filter((id) => !owners.has(id));
  return new Set([...owners, ...others.slice(0, ALSO_ASKED)]);
}

async function isThere(client: PoolNode["client"], key: Buffer): Promise<OwnerLookup> {
  try {
    return await client.withKeys(async (keys) => {
      const found = await keys.exists(key);
      return { node: client.id, found, detail: found && !keys.inspectsSilently ? WAS_A_USE : null };
    });
  } catch (error) {
    const known = asNamedError(error);
    if (known === null) throw error;
    return { node: client.id, found: null, detail: known.message };
  }
}

/** Results in the order of `items`, at most `atOnce` under way. */
async function bounded<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await run(items[at] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}
