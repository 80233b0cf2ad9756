import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addressesToConnect, addressInUse, moveTo, namedAddress, onMoved } from "./name-addresses";

const resolver = vi.hoisted(() => ({
  addresses: new Map<string, string[]>(),
  failure: null as string | null,
  asked: [] as string[],
  running: 0,
  mostRunning: 0,
}));

vi.mock("node:dns/promises", () => ({
  lookup: async (host: string) => {
    resolver.asked.push(host);
    resolver.running++;
    resolver.mostRunning = Math.max(resolver.mostRunning, resolver.running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    resolver.running--;
    const { failure } = resolver;
    if (failure !== null) throw Object.assign(new Error(failure), { code: failure });
    return (resolver.addresses.get(host) ?? ["10.0.0.1"]).map((address) => ({ address, family: 4 }));
  },
}));

const NAME = { kind: "tcp", host: "cache.test", port: 11211 } as const;
const stops: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  Object.assign(resolver, { addresses: new Map(), failure: null, asked: [], mostRunning: 0 });
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

async function resolved(name: typeof NAME | { kind: "tcp"; host: string; port: number }, maxAgeMs = 5_000) {
  const found = addressesToConnect(name, maxAgeMs);
  // Settled below; without this a rejection would be unhandled meanwhile.
  found.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(5);
  return (await found).map(({ ip }) => ip);
}

describe("the address of a name", () => {
  it("exists only for names: IP addresses and unix sockets cannot move", () => {
    expect(namedAddress(NAME)).toBe(NAME);
    expect(namedAddress({ kind: "tcp", host: "10.0.0.1", port: 1 })).toBeNull();
    expect(namedAddress({ kind: "tcp", host: "fd00::5", port: 1 })).toBeNull();
    expect(namedAddress({ kind: "unix", path: "/run/m.sock" })).toBeNull();
  });

  it("is resolved again within a minute, also with thousands of names, two at a time", async () => {
    const many = Array.from(
      { length: 5_000 },
      (_, n) => ({ kind: "tcp", host: `n${n}.test`, port: 1 }) as const,
    );
    for (const name of many) stops.push(onMoved(name, () => {}));
    for (let from = 0; from < many.length; from += 500) {
      await Promise.all(many.slice(from, from + 500).map((name) => resolved(name)));
    }
    resolver.asked = [];
    resolver.mostRunning = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(new Set(resolver.asked).size).toBe(5_000);
    expect(resolver.mostRunning).toBe(2);
  });

  it("is kept while the name has it, and announced once when it changes", async () => {
    let moved = 0;
    stops.push(onMoved(NAME, () => moved++));
    resolver.addresses.set(NAME.host, ["10.0.0.1", "10.0.0.2"]);
    expect(await resolved(NAME)).toEqual(["10.0.0.1", "10.0.0.2"]);
    resolver.addresses.set(NAME.host, ["10.0.0.2", "10.0.0.1"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([addressInUse(NAME), moved]).toEqual([{ ip: "10.0.0.1", others: ["10.0.0.2"] }, 0]);
    resolver.addresses.set(NAME.host, ["10.0.0.2", "10.0.0.3"]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([addressInUse(NAME), moved]).toEqual([{ ip: "10.0.0.2", others: ["10.0.0.3"] }, 1]);
    moveTo(NAME, "10.0.0.3");
    expect([addressInUse(NAME)?.ip, moved]).toEqual(["10.0.0.3", 2]);
  });

  it("is resolved at once for an action, even if it is fresh or just being resolved", async () => {
    stops.push(onMoved(NAME, () => {}));
    await resolved(NAME);
    const before = addressesToConnect(NAME, 0);
    resolver.addresses.set(NAME.host, ["10.0.0.9"]);
    expect(await resolved(NAME, 0)).toEqual(["10.0.0.9"]);
    await before;
  });

  it("remains while the resolver does not answer, but not for an action", async () => {
    stops.push(onMoved(NAME, () => {}));
    await resolved(NAME);
    resolver.failure = "EAI_AGAIN";
    await vi.advanceTimersByTimeAsync(600_000);
    expect(await resolved(NAME)).toEqual(["10.0.0.1"]);
    await expect(resolved(NAME, 0)).rejects.toMatchObject({ reason: "nameNotFound" });
  });

  it("is lost when the name has not existed for a minute", async () => {
    let moved = 0;
    stops.push(onMoved(NAME, () => moved++));
    await resolved(NAME);
    resolver.failure = "ENOTFOUND";
    await vi.advanceTimersByTimeAsync(30_000);
    expect([addressInUse(NAME)?.ip, moved]).toEqual(["10.0.0.1", 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([addressInUse(NAME), moved]).toEqual([null, 1]);
    await expect(resolved(NAME)).rejects.toMatchObject({ reason: "nameNotFound" });
  });

  it("is refused when one of the name's addresses cannot be a node", async () => {
    stops.push(onMoved(NAME, () => {}));
    resolver.addresses.set(NAME.host, ["10.0.0.1", "169.254.169.254"]);
    await expect(resolved(NAME)).rejects.toMatchObject({ reason: "unreachable" });
  });
});
