import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "./bytes";
import { asStored } from "./column";
import { decodeColumn } from "./column-decode";
import { encodeColumn } from "./column-encode";

const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 500 }) },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(Number.NaN) },
  { weight: 1, arbitrary: fc.integer({ min: -(2 ** 31), max: 2 ** 31 }) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
  { weight: 1, arbitrary: fc.double({ noDefaultInfinity: true }) },
);
const shape = fc.record({
  values: fc.oneof(
    fc.array(number, { minLength: 1, maxLength: 400 }),
    fc.array(fc.integer({ min: 1_000_000_000, max: 60_000_000_000 }), { minLength: 1, maxLength: 400 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 400 }),
  ),
  sequence: fc.integer({ min: 1, max: 130 }),
  scale: fc.constantFrom(null, 1, 1_000_000),
});

function roundTrip(values: readonly number[], sequence: number, scale: number | null): Float64Array | null {
  const writer = new ByteWriter(1);
  if (!encodeColumn(writer, Float64Array.from(values), values.length, sequence, scale)) return null;
  const out = new Float64Array(values.length).fill(-1);
  // A Buffer, as the database returns it: its slice() does not copy.
  decodeColumn(Buffer.from(writer.copy()), out, values.length, sequence, scale);
  return out;
}

describe("a packed column", () => {
  it("decodes every value to its declared resolution, and NaN where nothing was reported", () => {
    fc.assert(
      fc.property(shape, ({ values, sequence, scale }) => {
        const expected = values.map((value) => asStored(value, scale) + 0);
        const found = roundTrip(values, sequence, scale);
        if (found === null) expect(expected.every(Number.isNaN)).toBe(true);
        else expect(Array.from(found, (value) => value + 0)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("skips unwanted sequences and decodes the wanted ones", () => {
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.boolean()), ({ values, sequence, scale }, choices) => {
        const writer = new ByteWriter();
        if (!encodeColumn(writer, Float64Array.from(values), values.length, sequence, scale)) return;
        const wanted = Uint8Array.from({ length: Math.ceil(values.length / sequence) }, () =>
          choices.next().value ? 1 : 0,
        );
        const out = new Float64Array(values.length).fill(-1);
        decodeColumn(writer.copy(), out, values.length, sequence, scale, wanted);
        for (let index = 0; index < values.length; index++) {
          if (wanted[Math.floor(index / sequence)] === 0) continue;
          expect((out[index] as number) + 0).toBe(asStored(values[index] as number, scale) + 0);
        }
      }),
    );
  });

  it("takes a few bytes for a constant column and none for a column without values", () => {
    const writer = new ByteWriter();
    encodeColumn(writer, new Float64Array(7200).fill(67_108_864), 7200, 360, null);
    expect(writer.length).toBeLessThan(8);
    expect(roundTrip(new Array(50).fill(Number.NaN), 10, null)).toBeNull();
  });
});
