/** Numbers for nodes and stats. A number belongs to its name for the lifetime of the file. */
import { type Connection, command, select, transaction } from "@/lib/store/database";
import { encodeNodes } from "./sample-batch";
import { ELAPSED, ELAPSED_SCALE, type HistorySettings } from "./settings";

/** A stat in the file. */
interface StatId {
  readonly id: number;
  readonly scale: number | null;
}

interface Scaled {
  readonly name: string;
  readonly scale: number | null;
}

/** A stat with another scale is stored as another one, so that existing values remain readable. */
function storedName({ name, scale }: Scaled): string {
  return scale === null ? name : `${name}*${scale}`;
}

interface NodeList {
  readonly numbers: Int32Array;
  readonly encoded: Uint8Array;
}

export class StatIds {
  /** Stat of each stat of the settings, in order, then the elapsed seconds'. */
  readonly statIds: readonly StatId[];
  private readonly nodes = new Map<string, number>();
  private readonly byName = new Map<string, StatId>();
  private readonly lists = new WeakMap<readonly string[], NodeList>();

  constructor(
    private readonly connection: Connection,
    settings: HistorySettings,
  ) {
    for (const [name, id] of select<[string, number]>(connection, "SELECT name, id FROM node")) {
      this.nodes.set(name, id);
    }
    this.loadStats();
    const wanted = [...settings.stats, { name: ELAPSED, scale: ELAPSED_SCALE }];
    const missing = wanted.filter((stat) => !this.byName.has(storedName(stat)));
    if (missing.length > 0) this.addStats(missing);
    this.statIds = wanted.map((stat) => this.byName.get(storedName(stat)) as StatId);
  }

  /** Every stat the file knows, also those that the catalogue has since lost. */
  all(): Iterable<StatId> {
    return this.byName.values();
  }

  node(name: string): number | undefined {
    return this.nodes.get(name);
  }

  get nodeCount(): number {
    return this.nodes.size;
  }

  /** Numbers of the nodes; new nodes get new ones. Throws when the file cannot be written. */
  list(nodes: readonly string[]): NodeList {
    const cached = this.lists.get(nodes);
    if (cached !== undefined) return cached;
    const missing = nodes.filter((node) => !this.nodes.has(node));
    if (missing.length > 0) this.addNodes(missing);
    const numbers = Int32Array.from(nodes, (node) => this.nodes.get(node) as number);
    const list = { numbers, encoded: encodeNodes(numbers) };
    this.lists.set(nodes, list);
    return list;
  }

  private addNodes(names: readonly string[]): void {
    const insert = command(this.connection, "INSERT INTO node (id, name) VALUES (?, ?)");
    const first = this.nodes.size;
    const assigned = names.map((name, index) => [name, first + index] as const);
    transaction(this.connection, () => {
      for (const [name, id] of assigned) insert.run(id, name);
    });
    for (const [name, id] of assigned) this.nodes.set(name, id);
  }

  private addStats(stats: readonly Scaled[]): void {
    const insert = command(this.connection, "INSERT INTO metric (id, name, scale) VALUES (?, ?, ?)");
    const first = this.byName.size;
    transaction(this.connection, () => {
      for (const [index, stat] of stats.entries()) insert.run(first + index, storedName(stat), stat.scale);
    });
    this.loadStats();
  }

  private loadStats(): void {
    type Row = [string, number, number | null];
    for (const [name, id, scale] of select<Row>(this.connection, "SELECT name, id, scale FROM metric")) {
      this.byName.set(name, { id, scale });
    }
  }
}
