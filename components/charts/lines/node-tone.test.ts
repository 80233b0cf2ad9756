import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NODE_TONES, nodeTone } from "./node-tone";

type Triple = readonly [number, number, number];

/** Machado, Oliveira and Fernandes 2009, severity 1: linear RGB as people without one kind of cones see it. */
const VISIONS: Readonly<Record<string, readonly Triple[]>> = {
  "full colour vision": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.303901],
  ],
};

const css = readFileSync(join(import.meta.dirname, "../../../app/globals.css"), "utf8");
const dark = css.slice(css.indexOf('[data-theme="dark"] {'));

function linear(theme: string, token: string): Triple {
  const hex = new RegExp(`--${token}: #([0-9a-f]{6});`).exec(theme)?.[1];
  if (hex === undefined) throw new Error(`no --${token}`);
  return [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
}

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const inGamut = (value: number) => Math.min(1, Math.max(0, value));

/** CIELAB, D65. */
function lab(rgb: Triple): Triple {
  const f = (t: number) => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const x = f(dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047);
  const y = f(dot([0.2126729, 0.7151522, 0.072175], rgb));
  const z = f(dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const DEGREE = Math.PI / 180;

/** CIEDE2000, after Sharma, Wu and Dalal 2005. */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const mean7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const g = 1 + 0.5 * (1 - Math.sqrt(mean7 / (mean7 + 25 ** 7)));
  const [c1, c2] = [Math.hypot(a1 * g, b1), Math.hypot(a2 * g, b2)];
  const hue = (b: number, a: number) => (Math.atan2(b, a * g) / DEGREE + 360) % 360;
  const [h1, h2] = [hue(b1, a1), hue(b2, a2)];
  const far = Math.abs(h1 - h2) > 180;
  const dh = h2 - h1 + (far ? (h2 > h1 ? -360 : 360) : 0);
  const h = (h1 + h2 + (far ? (h1 + h2 < 360 ? 360 : -360) : 0)) / 2;
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const cos = (degrees: number) => Math.cos(degrees * DEGREE);
  const t = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const turn = 30 * Math.exp(-(((h - 275) / 25) ** 2));
  const rt = -Math.sin(2 * turn * DEGREE) * 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const [dl, dc] = [(l2 - l1) / sl, (c2 - c1) / sc];
  const dH = (2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * DEGREE)) / sh;
  return Math.sqrt(dl ** 2 + dc ** 2 + dH ** 2 + rt * dc * dH);
}

it("the difference is that of published pairs (Sharma, Wu and Dalal 2005, table 1)", () => {
  expect(difference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(difference([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
  expect(difference([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4);
  expect(difference([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514])).toBeCloseTo(0.9082, 4);
});

const pairs = NODE_TONES.flatMap((a, index) => NODE_TONES.slice(index + 1).map((b) => [a, b] as const));

describe.each([
  ["light", css],
  ["dark", dark],
])("colours of nodes in the %s theme", (_name, theme) => {
  it.each(Object.entries(VISIONS))("differ by 20 or more under %s", (_vision, matrix) => {
    const seen = (token: string): Triple => {
      const rgb = linear(theme, token);
      return lab(matrix.map((row) => inGamut(dot(row, rgb))) as unknown as Triple);
    };
    const close = pairs.filter(([a, b]) => difference(seen(a), seen(b)) < 20);
    expect(close).toEqual([]);
  });

  it("reach 3:1 against the surface", () => {
    const luminance = (token: string) => dot([0.2126729, 0.7151522, 0.072175], linear(theme, token)) + 0.05;
    const surface = luminance("surface");
    const faint = NODE_TONES.filter((tone) => {
      const [low, high] = [luminance(tone), surface].sort((a, b) => a - b) as [number, number];
      return high / low < 3;
    });
    expect(faint).toEqual([]);
  });
});

it("ids that differ in one digit spread over all colours", () => {
  const counts = new Map<string, number>();
  for (let n = 0; n < 600; n++) {
    const tone = nodeTone(`10.0.${n >> 8}.${n & 255}:11211`);
    counts.set(tone, (counts.get(tone) ?? 0) + 1);
  }
  for (const tone of NODE_TONES) expect(counts.get(tone)).toBeGreaterThan(60);
});
