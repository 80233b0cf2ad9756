import { afterEach, describe, expect, it } from "vitest";
import { type FakeServer, startFakeServer } from "@/tests/doubles/fake-server";
import { SourceUnavailable } from "./contract";
import { openElastiCache } from "./elasticache";

let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function readTargets(reply: string) {
  server = await startFakeServer({
    "config get cluster": (socket) => void socket.write(reply),
    "get AmazonElastiCache:cluster": (socket) => void socket.write("END\r\n"),
  });
  const { address } = server.endpoint;
  if (address.kind !== "tcp") throw new Error("the fake listens on TCP");
  const source = openElastiCache({
    kind: "elasticache",
    name: "elasticache",
    address,
    tls: null,
    refreshMs: 60_000,
  });
  return source.read(new AbortController().signal);
}

const cluster = (nodes: string) => {
  const payload = `3\n${nodes}\n`;
  return `CONFIG cluster 0 ${payload.length}\r\n${payload}\r\nEND\r\n`;
};

describe("targets of an ElastiCache cluster", () => {
  it("have their names, or their addresses where they have none", async () => {
    expect(await readTargets(cluster("Cache-1.test|10.0.0.1|11211 |10.0.0.2|11311 |fd00::5|11211"))).toEqual({
      targets: [
        { id: "cache-1.test:11211", address: { kind: "tcp", host: "cache-1.test", port: 11211 }, labels: {} },
        { id: "10.0.0.2:11311", address: { kind: "tcp", host: "10.0.0.2", port: 11311 }, labels: {} },
        { id: "[fd00::5]:11211", address: { kind: "tcp", host: "fd00::5", port: 11211 }, labels: {} },
      ],
      problems: [],
      ttlMs: 60_000,
    });
  });

  it("are used despite invalid entries, which are named", async () => {
    const { targets, problems } = await readTargets(
      cluster("a.test||11211 |169.254.169.254|11211 b.test||0 nonsense"),
    );
    expect(targets.map(({ id }) => id)).toEqual(["a.test:11211"]);
    expect(problems).toEqual([
      expect.stringMatching(
        /^3 invalid: found "169\.254\.169\.254:11211".*; found "b\.test:0".*; found "nonsense"/,
      ),
    ]);
  });

  it("are unavailable when the cluster lists none: it always has at least one", async () => {
    await expect(readTargets(cluster(""))).rejects.toThrow(
      new SourceUnavailable("the cluster lists no usable node"),
    );
  });

  it("are unavailable where there is no cluster, with that reason", async () => {
    await expect(readTargets("ERROR\r\n")).rejects.toThrow(
      new SourceUnavailable("command rejected by the node (it has no cluster configuration)"),
    );
  });
});
