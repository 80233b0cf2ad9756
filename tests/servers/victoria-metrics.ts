/** A real single-node VictoriaMetrics on loopback with its own data. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, startEngine } from "./engine";
import { freePort } from "./free-port";

export async function startVictoriaMetrics(args: readonly string[] = []): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-victoria-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  return startEngine({
    program: "victoria-metrics",
    args: [
      `-storageDataPath=${join(directory, "data")}`,
      `-httpListenAddr=${new URL(url).host}`,
      "-retentionPeriod=10y",
      "-loggerLevel=ERROR",
      "-memory.allowedBytes=512MB",
      ...args,
    ],
    url,
    writeUrl: `${url}/api/v1/write`,
    readyUrl: `${url}/health`,
    directory,
    flush: async () => {
      const reply = await fetch(`${url}/internal/force_flush`);
      if (!reply.ok) throw new Error(`VictoriaMetrics does not flush: ${reply.status}`);
    },
  });
}
