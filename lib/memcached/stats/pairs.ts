/** Writes general stats that arrive as pairs (binary protocol) into a sample's slots, without a string per pair. */
import { MAX_GENERAL_LINES } from "../limits";
import { tooLarge } from "../text/reply-line";
import { VersionCache } from "../version-cache";
import { EMPTY_LAYOUT, layoutOf, type StatLayout, slotIndex, VERSION } from "./layout";
import { readNumber } from "./number";

/** Length of `STAT `, the start of every prefix of a layout; one blank follows the name. */
const STAT_LENGTH = 5;

export class StatPairs {
  private layout: StatLayout = EMPTY_LAYOUT;
  private into: Float64Array = new Float64Array(0);
  private pair = 0;
  /** Names of this reply once a pair differed from the layout; null while all have matched. */
  private names: string[] | null = null;
  private readonly versions = new VersionCache();

  /** Starts a reply. Its numbers go into `into`, whose slots are set to NaN first. */
  begin(into: Float64Array): void {
    into.fill(Number.NaN);
    this.into = into;
    this.pair = 0;
    this.names = null;
    this.versions.begin();
  }

  get version(): string | null {
    return this.versions.current;
  }

  /** Names in the last complete reply that are not in the catalogue. */
  get unlisted(): readonly string[] {
    return this.layout.unlisted;
  }

  take(name: Buffer, value: Buffer): void {
    if (this.names === null && this.isExpected(name)) {
      this.put(this.layout.slots[this.pair] as number, value);
      this.pair++;
      return;
    }
    const text = name.toString("latin1");
    this.names ??= this.layout.names.slice(0, this.pair);
    if (this.names.push(text) > MAX_GENERAL_LINES) throw tooLarge(`more than ${MAX_GENERAL_LINES} lines`);
    this.put(slotIndex(text), value);
  }

  finish(): void {
    this.versions.finish();
    if (this.names !== null) this.layout = layoutOf(this.names);
    else if (this.pair !== this.layout.names.length)
      this.layout = layoutOf(this.layout.names.slice(0, this.pair));
  }

  private isExpected(name: Buffer): boolean {
    const { prefixes, starts, slots } = this.layout;
    if (this.pair >= slots.length) return false;
    const from = (starts[this.pair] as number) + STAT_LENGTH;
    if ((starts[this.pair + 1] as number) - 1 - from !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (prefixes[from + i] !== name[i]) return false;
    return true;
  }

  private put(slot: number, value: Buffer): void {
    if (slot >= 0) this.into[slot] = readNumber(value, 0, value.length);
    else if (slot === VERSION) this.versions.set(value, 0, value.length);
  }
}
