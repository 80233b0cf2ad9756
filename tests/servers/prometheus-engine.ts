/** A real Prometheus on loopback that takes remote write, also of samples that come late. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, startEngine } from "./engine";
import { freePort } from "./free-port";

/** `lateness` is how much older than the newest a sample may be, such as `400d`; by default none may. */
export async function startPrometheusEngine(lateness = "0s"): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-prometheus-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const file = join(directory, "prometheus.yml");
  await writeFile(file, JSON.stringify({ storage: { tsdb: { out_of_order_time_window: lateness } } }));
  return startEngine({
    program: "prometheus",
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, "data")}`,
      "--storage.tsdb.retention.time=10y",
      "--web.enable-remote-write-receiver",
      `--web.listen-address=${new URL(url).host}`,
      "--log.level=warn",
    ],
    url,
    writeUrl: `${url}/api/v1/write`,
    readyUrl: `${url}/-/ready`,
    directory,
    flush: async () => {},
  });
}
