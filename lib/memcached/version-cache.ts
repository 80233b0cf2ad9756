const MAX_VERSION_BYTES = 64;

/** Decodes the version of a reply only if its bytes changed since the last reply. */
export class VersionCache {
  private bytes: Uint8Array = new Uint8Array(0);
  private text: string | null = null;
  private reported = false;
  /** The version of the last complete reply; null without one. */
  current: string | null = null;

  begin(): void {
    this.reported = false;
  }

  /** Sets the version to `bytes[from..to)`, at most 64 bytes of it. */
  set(bytes: Uint8Array, from: number, to: number): void {
    this.reported = true;
    const length = Math.min(to - from, MAX_VERSION_BYTES);
    if (this.text !== null && this.same(bytes, from, length)) return;
    // A copy: slicing a Buffer would share the memory of the chunk.
    this.bytes = new Uint8Array(bytes.subarray(from, from + length));
    this.text = new TextDecoder().decode(this.bytes);
  }

  finish(): void {
    this.current = this.reported ? this.text : null;
  }

  private same(bytes: Uint8Array, from: number, length: number): boolean {
    if (length !== this.bytes.length) return false;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== this.bytes[i]) return false;
    return true;
  }
}
