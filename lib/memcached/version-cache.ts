/** A version is a few bytes that hardly ever change: decoded only when they do. */
const MAX_VERSION_BYTES = 64;

export class VersionCache {
  private bytes: Uint8Array = new Uint8Array(0);
  private text: string | null = null;
  private cached = false;
  /** The version of the last complete reply; null when it reported none. */
  current: string | null = null;

  begin(): void {
    this.cached = false;
  }

  /** Takes `bytes[from..to)` as the version; beyond 64 bytes it is cut. */
  see(bytes: Uint8Array, from: number, to: number): void {
    this.cached = true;
    const length = Math.min(to - from, MAX_VERSION_BYTES);
    if (this.text !== null && this.same(bytes, from, length)) return;
    // A copy: a Buffer's own slice would share the memory of the chunk.
    this.bytes = new Uint8Array(bytes.subarray(from, from + length));
    this.text = new TextDecoder().decode(this.bytes);
  }

  finish(): void {
    this.current = this.cached ? this.text : null;
  }

  private same(bytes: Uint8Array, from: number, length: number): boolean {
    if (length !== this.bytes.length) return false;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== this.bytes[i]) return false;
    return true;
  }
}
