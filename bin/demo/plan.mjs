import { join } from "node:path";
import { nextFreePort } from "../server/listen.mjs";
import { USERNAME } from "./secrets.mjs";

const HOST = "127.0.0.1";
/** Away from 11211, where another memcached may listen. */
const FIRST_PORT = 21211;

/**
 * @typedef {object} DemoNode
 * @property {string} id
 * @property {"sessions" | "pages"} pool
 * @property {string} about for the table that is printed
 * @property {boolean} runs false for the node that is down on purpose
 * @property {string[]} args of memcached
 * @property {Record<string, string>} env
 * @property {{host: string, port: number} | {path: string}} address
 * @property {"sasl" | "ascii" | null} signIn
 * @property {boolean} tls
 * @property {import("./traffic.mjs").Profile} traffic
 */

/**
 * Without traffic a node's line would be flat; each has its own weight, mix and rhythm. Keys are stored
 * again about twice before they expire, so that most reads hit.
 */
const TRAFFIC = {
  sessions: { gets: 45, sets: 9, keys: 6_000, bytes: 600, seconds: 1_800, clients: 12, waveSeconds: 180 },
  carts: { gets: 30, sets: 6, keys: 3_000, bytes: 1_500, seconds: 1_200, clients: 8, waveSeconds: 240 },
  accounts: { gets: 20, sets: 4, keys: 2_000, bytes: 300, seconds: 0, clients: 4, waveSeconds: 300 },
  thumbnails: { gets: 40, sets: 30, keys: 6_000, bytes: 6_000, seconds: 0, clients: 6, waveSeconds: 150 },
  fragments: { gets: 35, sets: 7, keys: 4_000, bytes: 2_500, seconds: 1_500, clients: 10, waveSeconds: 210 },
  pages: { gets: 25, sets: 5, keys: 1_500, bytes: 8_000, seconds: 600, clients: 5, waveSeconds: 270 },
  flags: { gets: 30, sets: 2, keys: 200, bytes: 120, seconds: 240, clients: 3, waveSeconds: 120 },
};

/**
 * The eight nodes of the demo: three plain ones with different limits (one with UDP open on loopback), SASL,
 * authfile, TLS, a unix socket, and one that is down.
 * @param {import("./secrets.mjs").Secrets} secrets
 * @param {string} folder for the unix socket
 * @returns {Promise<DemoNode[]>}
 */
export async function planNodes(secrets, folder) {
  let from = FIRST_PORT;
  const tcp = async (pool, name, about, args, more = {}) => {
    const port = await nextFreePort(HOST, from);
    from = port + 1;
    const listen = ["-l", HOST, "-p", String(port)];
    return {
      id: `${HOST}:${port}`,
      pool,
      about,
      runs: true,
      env: {},
      signIn: null,
      tls: false,
      address: { host: HOST, port },
      traffic: { name, ...TRAFFIC[name] },
      args: [...listen, ...args.map((arg) => (arg === "PORT" ? String(port) : arg))],
      ...more,
    };
  };
  const tls = ["-Z", "-o", `ssl_chain_cert=${secrets.certificate},ssl_key=${secrets.key}`];
  const socket = join(folder, "memcached.sock");
  const sasl = { signIn: "sasl", env: { SASL_CONF_PATH: secrets.saslFolder } };
  return [
    await tcp("sessions", "sessions", "plain, 64 MB", ["-m", "64", "-c", "512"]),
    await tcp("sessions", "carts", "plain, 32 MB, UDP open", ["-m", "32", "-c", "128", "-U", "PORT"]),
    await tcp("sessions", "accounts", "SASL", ["-m", "64", "-c", "256", "-S"], sasl),
    await tcp("sessions", "sessions", "down on purpose", [], { runs: false }),
    await tcp("pages", "thumbnails", "plain, 16 MB, evicts", ["-m", "16", "-c", "256"]),
    await tcp("pages", "fragments", "authfile", ["-m", "48", "-c", "256", "-Y", secrets.authfile], {
      signIn: "ascii",
    }),
    await tcp("pages", "pages", "TLS", ["-m", "48", "-c", "256", ...tls], { tls: true }),
    {
      id: `unix:${socket}`,
      pool: "pages",
      about: "unix socket",
      runs: true,
      env: {},
      signIn: null,
      tls: false,
      address: { path: socket },
      traffic: { name: "flags", ...TRAFFIC.flags },
      args: ["-s", socket, "-a", "0700", "-m", "16", "-c", "64"],
    },
  ];
}

/**
 * The configuration file of the demo.
 * @param {readonly DemoNode[]} nodes
 * @param {import("./secrets.mjs").Secrets} secrets
 * @param {string} dataDir
 */
export function configurationOf(nodes, secrets, dataDir) {
  const lines = ["# Written by `npm run demo`; deleted when it ends.", `dataDir: ${JSON.stringify(dataDir)}`];
  lines.push("poll: { interval: 5s }", "pools:");
  for (const pool of ["sessions", "pages"]) {
    lines.push(`  - name: ${pool}`, "    labels: { env: demo }", "    servers:");
    for (const node of nodes.filter((node) => node.pool === pool)) {
      lines.push(`      - address: ${JSON.stringify(node.id)}`);
      if (node.signIn !== null) {
        const file = JSON.stringify(secrets.passwordFile);
        lines.push(`        auth: { ${node.signIn}: { username: ${USERNAME}, passwordFile: ${file} } }`);
      }
      if (node.tls) lines.push(`        tls: { caFile: ${JSON.stringify(secrets.certificate)} }`);
    }
  }
  return `${lines.join("\n")}\n`;
}
