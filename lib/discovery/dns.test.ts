import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DnsSettings } from "@/lib/config/contract";
import { type DnsServer, startDnsServer } from "@/tests/servers/dns";
import { SourceUnavailable } from "./contract";
import { openDns } from "./dns";

let one: DnsServer;
let other: DnsServer;
beforeEach(async () => {
  [one, other] = await Promise.all([startDnsServer(), startDnsServer()]);
});
afterEach(() => Promise.all([one.stop(), other.stop()]));

const open = (domain: string, type: DnsSettings["type"], more: Partial<DnsSettings> = {}) =>
  openDns({
    kind: "dns",
    name: "dns",
    domain,
    type,
    port: 11212,
    resolvers: [one.address],
    refreshMs: 30_000,
    ...more,
  });
const never = () => new AbortController().signal;
const idsOf = (targets: readonly { id: string }[]) => targets.map(({ id }) => id).sort();

const a = (address: string, ttl = 60) => ({ type: "A", address, ttl }) as const;

describe("targets by DNS", () => {
  it("are all addresses of a name, with the configured port", async () => {
    one.zone.set("cache.test", [a("10.0.0.1"), a("10.0.0.2"), { type: "AAAA", address: "fd00::5", ttl: 60 }]);
    const v4 = await open("cache.test", "A").read(never());
    expect(idsOf(v4.targets)).toEqual(["10.0.0.1:11212", "10.0.0.2:11212"]);
    const v6 = await open("cache.test", "AAAA").read(never());
    expect(idsOf(v6.targets)).toEqual(["[fd00::5]:11212"]);
  });

  it("are the names and ports of a service", async () => {
    const srv = (target: string, port: number) => ({ type: "SRV", target, port, ttl: 60 }) as const;
    one.zone.set("_memcached._tcp.test", [srv("cache-1.test", 11211), srv("cache-2.test", 11311)]);
    const { targets } = await open("_memcached._tcp.test", "SRV").read(never());
    expect(idsOf(targets)).toEqual(["cache-1.test:11211", "cache-2.test:11311"]);
  });

  it("are read over TCP when they do not fit one datagram", async () => {
    const many = Array.from({ length: 200 }, (_, index) => a(`10.0.1.${index + 1}`));
    one.zone.set("many.test", many);
    const { targets } = await open("many.test", "A").read(never());
    expect(targets).toHaveLength(200);
  });

  it.each([
    [3_600, 30_000],
    [12, 12_000],
    [0, 5_000],
  ])("with a TTL of %i s hold for %i ms", async (ttl, ttlMs) => {
    one.zone.set("cache.test", [a("10.0.0.1", 7_200), a("10.0.0.2", ttl)]);
    expect((await open("cache.test", "A").read(never())).ttlMs).toBe(ttlMs);
  });

  it("are the union of several name servers' answers", async () => {
    one.zone.set("cache.test", [a("10.0.0.1"), a("10.0.0.2")]);
    other.zone.set("cache.test", [a("10.0.0.2"), a("10.0.0.3")]);
    const source = open("cache.test", "A", { resolvers: [one.address, other.address] });
    const { targets, problems } = await source.read(never());
    expect(idsOf(targets)).toEqual(["10.0.0.1:11212", "10.0.0.2:11212", "10.0.0.3:11212"]);
    expect(problems).toEqual([]);
  });

  it("keep those of a name server that fails, with a problem", async () => {
    one.zone.set("cache.test", [a("10.0.0.1")]);
    other.zone.set("cache.test", [a("10.0.0.3")]);
    const source = open("cache.test", "A", { resolvers: [one.address, other.address] });
    await source.read(never());
    other.mood = "refuse";
    one.zone.set("cache.test", [a("10.0.0.9")]);
    const { targets, problems } = await source.read(never());
    expect(idsOf(targets)).toEqual(["10.0.0.3:11212", "10.0.0.9:11212"]);
    expect(problems).toEqual([`${other.address}: the name server failed`]);
  });

  it("of a name server that knows nothing of the name are none, while another knows it", async () => {
    one.zone.set("cache.test", [a("10.0.0.1")]);
    const source = open("cache.test", "A", { resolvers: [one.address, other.address] });
    expect(await source.read(never())).toMatchObject({ targets: [{ id: "10.0.0.1:11212" }], problems: [] });
  });

  it("are unavailable when the name does not exist, or has no such record", async () => {
    await expect(open("gone.test", "A").read(never())).rejects.toThrow(
      new SourceUnavailable("no A record of gone.test"),
    );
    one.zone.set("empty.test", []);
    await expect(open("empty.test", "A").read(never())).rejects.toThrow("no A record of empty.test");
  });

  it("are unavailable when one name server knows nothing and the other does not respond", async () => {
    other.mood = "refuse";
    const source = open("cache.test", "A", { resolvers: [one.address, other.address] });
    await expect(source.read(never())).rejects.toThrow(
      new SourceUnavailable(`no A record of cache.test; ${other.address}: the name server failed`),
    );
  });

  it("are unavailable when every name server fails", async () => {
    one.mood = "refuse";
    await expect(open("cache.test", "A").read(never())).rejects.toThrow(
      new SourceUnavailable(`${one.address}: the name server failed`),
    );
  });

  it("are unavailable when the time limit passes", async () => {
    one.mood = "silent";
    const abort = new AbortController();
    const pending = open("cache.test", "A").read(abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(pending).rejects.toThrow(new SourceUnavailable(`${one.address}: timeout`));
  });

  it("are never addresses that may not be connected to", async () => {
    one.zone.set("rebound.test", [a("10.0.0.1"), a("169.254.169.254"), a("0.0.0.0")]);
    const { targets, problems } = await open("rebound.test", "A").read(never());
    expect(idsOf(targets)).toEqual(["10.0.0.1:11212"]);
    expect(problems[0]).toMatch(/^2 invalid/);
  });
});
