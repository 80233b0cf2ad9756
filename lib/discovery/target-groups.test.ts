import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_TARGETS, SourceUnavailable } from "./contract";
import { readTargetGroups } from "./target-groups";
import { TargetList } from "./target-list";

function read(value: unknown, unix = true) {
  const list = new TargetList();
  readTargetGroups(value, list, { unix });
  return { targets: list.targets, problems: list.problems };
}

const idsOf = (value: unknown, unix = true) => read(value, unix).targets.map(({ id }) => id);

describe("a list of target groups", () => {
  it("gives every target with its group's labels", () => {
    expect(
      read([
        { targets: ["10.0.0.11:11211", "cache-2"], labels: { dc: "tyo1" } },
        { targets: ["[fd00::5]:11212", "unix:/run/m.sock"] },
      ]),
    ).toEqual({
      targets: [
        {
          id: "10.0.0.11:11211",
          address: { kind: "tcp", host: "10.0.0.11", port: 11211 },
          labels: { dc: "tyo1" },
        },
        {
          id: "cache-2:11211",
          address: { kind: "tcp", host: "cache-2", port: 11211 },
          labels: { dc: "tyo1" },
        },
        { id: "[fd00::5]:11212", address: { kind: "tcp", host: "fd00::5", port: 11212 }, labels: {} },
        { id: "unix:/run/m.sock", address: { kind: "unix", path: "/run/m.sock" }, labels: {} },
      ],
      problems: [],
    });
  });

  it("refuses a socket path with characters that hide or reorder text, and escapes them in the problem", () => {
    for (const hidden of ["\u202e", "\u2066", "\u200b", "\u009b", "\u001b", "\ue000"]) {
      const { targets, problems } = read([
        { targets: [`unix:/run/${hidden}m.sock`], labels: { [hidden]: "x" } },
      ]);
      expect(targets).toEqual([]);
      expect(problems.join()).not.toContain(hidden);
      expect(problems.join()).toMatch(/\\u/);
    }
  });

  it("may be empty, and so may a group", () => {
    expect(read([])).toEqual({ targets: [], problems: [] });
    expect(read([{ targets: [], labels: null }])).toEqual({ targets: [], problems: [] });
  });

  it.each([null, {}, "10.0.0.1:11211", 7, { targets: ["a"] }])("is a list and not %j", (value) => {
    expect(() => read(value)).toThrow(SourceUnavailable);
  });

  it("silently drops Prometheus' internal labels", () => {
    const { targets, problems } = read([
      { targets: ["a"], labels: { __meta_dc: "x", __address__: "b:1", dc: "y" } },
    ]);
    expect(targets[0]?.labels).toEqual({ dc: "y" });
    expect(problems).toEqual([]);
  });

  it("keeps the valid entries and reports the others", () => {
    const { targets, problems } = read([
      { targets: ["a", "10.0.0.300:1", 7, "b:0"], labels: { "no spaces": "x", rack: 4 } },
      "nonsense",
      { labels: {} },
      { targets: ["c"], labels: [] },
    ]);
    expect(targets.map(({ id }) => id)).toEqual(["a:11211", "c:11211"]);
    expect(problems).toEqual([
      '8 invalid: [0].labels["no spaces"]: found this name, allowed a label name of letters, digits, dots, ' +
        "dashes and underscores; [0].labels.rack: found 4, allowed text of at most 256 characters; " +
        '[0].targets[1]: found "10.0.0.300:1", allowed a host name, or an IPv4 address as four decimal numbers; …',
    ]);
  });

  it.each(["169.254.169.254:11211", "[fe80::1]:11211", "224.0.0.1", "0.0.0.0", "[::ffff:169.254.169.254]"])(
    "never gives %s, which may not be connected to",
    (target) => {
      const { targets, problems } = read([{ targets: [target] }]);
      expect(targets).toEqual([]);
      expect(problems[0]).toMatch(/^1 invalid: \[0\]\.targets\[0\]/);
    },
  );

  it("has no unix sockets when it comes from another host", () => {
    expect(idsOf([{ targets: ["unix:/run/docker.sock", "a"] }], false)).toEqual(["a:11211"]);
  });

  it("shows nothing of an entry that may contain a password", () => {
    expect(read([{ targets: ["ops:s3cret@10.0.0.1:11211"] }]).problems.join()).not.toContain("s3cret");
  });

  it("has each node once, the first entry counting", () => {
    const { targets } = read([
      { targets: ["A:11211"], labels: { n: "1" } },
      { targets: ["a"], labels: { n: "2" } },
    ]);
    expect(targets.map(({ id, labels }) => [id, labels.n])).toEqual([["a:11211", "1"]]);
  });

  it("is read up to its limit, and counts the excess", () => {
    const names = Array.from(
      { length: MAX_TARGETS + 500 },
      (_, index) => `10.${(index >> 8) & 255}.${index & 255}.${1 + (index >> 16)}`,
    );
    const { targets, problems } = read([{ targets: names }, { targets: ["one.more"] }]);
    expect(targets).toHaveLength(MAX_TARGETS);
    expect(problems).toEqual([`501 skipped beyond the limit of ${MAX_TARGETS}`]);
  });

  it("any value is read or rejected, and every node of it has one spelling", () => {
    const address = fc.oneof(
      fc.string(),
      fc.ipV4().map((ip) => `${ip}:11211`),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.domain(),
    );
    const labels = fc.dictionary(
      fc.oneof(fc.string(), fc.constant("__proto__")),
      fc.oneof(fc.string(), fc.anything()),
    );
    const group = fc.record({ targets: fc.array(fc.oneof(address, fc.anything())), labels });
    const value = fc.oneof(fc.anything(), fc.array(fc.oneof(group, fc.anything())));
    fc.assert(
      fc.property(value, (anything) => {
        const list = new TargetList();
        try {
          readTargetGroups(anything, list, { unix: true });
        } catch (error) {
          expect(error).toBeInstanceOf(SourceUnavailable);
        }
        const ids = list.targets.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(idsOf([{ targets: ids }])).toEqual(ids);
        for (const target of list.targets) {
          expect(Object.keys(target.labels).filter((name) => name.startsWith("__"))).toEqual([]);
        }
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("any JSON text is read or rejected", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          read(JSON.parse(text));
        } catch (error) {
          expect(error).toBeInstanceOf(SourceUnavailable);
        }
      }),
    );
  });
});
