/** General stats that arrive as pairs (binary protocol) into a sample's slots, without a string per pair. */
import { MAX_GENERAL_LINES } from "../limits";
import { tooLarge } from "../text/reply-line";
import { VersionCache } from "../version-cache";
import { EMPTY_LAYOUT, layoutOf, type StatLayout, slotIndex, VERSION } from "./layout";
import { readNumber } from "./number";

/** Length of `STAT `, with which every prefix of a layout starts; one blank follows the name. */
const WORD = 5;

export class StatPairs {
  private layout: StatLayout = EMPTY_LAYOUT;
  private into: Float64Array = new Float64Array(0);
  private pair = 0;
  /** Names of this reply from the first pair that was not the expected one; null while all were. */
  private names: string[] | null = null;
  private readonly versions = new VersionCache();

  /** Starts a reply. Its numbers go into `into`, whose slots are all NaN from now on. */
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
    const from = (starts[this.pair] as number) + WORD;
    if ((starts[this.pair + 1] as number) - 1 - from !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (prefixes[from + i] !== name[i]) return false;
    return true;
  }

  private put(slot: number, value: Buffer): void {
    if (slot >= 0) this.into[slot] = readNumber(value, 0, value.length);
    else if (slot === VERSION) this.versions.see(value, 0, value.length);
  }
}
