/** How to make a node speak TLS, and how to give it a certificate that is believed. */

import { quoted } from "@/lib/catalogue/commands";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { isBefore } from "../../probes/advisories/upstream-version";
import type { NodeFacts } from "../node-facts";
import { isPlainPath } from "../shell-quoting";

/** TLS came with this release. */
const TLS_SINCE = "1.5.13";

/** Where certificate and key are, by the node's own words; where they would be put, otherwise. */
export function tlsPaths(facts: NodeFacts): { certificate: string; key: string } {
  const told = (name: string, otherwise: string) => {
    const path = facts.settings?.get(name);
    return path !== undefined && isPlainPath(path) ? path : otherwise;
  };
  return {
    certificate: told("ssl_chain_cert", "/etc/memcached/tls/cert.pem"),
    key: told("ssl_key", "/etc/memcached/tls/key.pem"),
  };
}

/** Whether the node's version can speak TLS; its package may be built without. */
export function canSpeakTls({ version }: NodeFacts): boolean {
  return version === null || !isBefore(version, TLS_SINCE);
}

/** A certificate for the name by which Memfleet and the clients reach the node. */
export function certificateSteps(facts: NodeFacts): Remedy {
  const { address } = facts.endpoint;
  const host = address.kind === "tcp" ? address.host : "localhost";
  const name = /^[\d.]+$/.test(host) || host.includes(":") ? `IP:${host}` : `DNS:${host}`;
  const { certificate, key } = tlsPaths(facts);
  const text = [
    "# have your authority sign this for the name that clients connect to",
    `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out node.csr -subj ${quoted(`/CN=${host}`)} -addext ${quoted(`subjectAltName=${name}`)}`,
    "# put the signed certificate first, the authorities between it and the root after it",
    `sudo install -D -o memcached -m 0444 cert.pem ${quoted(certificate)}   # Debian: -o memcache`,
    `sudo install -D -o memcached -m 0400 key.pem ${quoted(key)}`,
    "# from 1.6.0, where it is already running with TLS, no restart is needed:",
    `printf 'refresh_certs\\r\\nquit\\r\\n' | openssl s_client -quiet ${place(facts)}`,
    "# the authority goes into Memfleet's configuration: the pool's tls.ca",
  ];
  return { for: "tls", title: "Certificate and key", text: text.join("\n") };
}

/** Shows the certificate that is served now. */
export function certificateCheck(facts: NodeFacts): string {
  return `openssl s_client ${place(facts)} < /dev/null | openssl x509 -noout -subject -ext subjectAltName -dates`;
}

function place({ endpoint: { address } }: NodeFacts): string {
  if (address.kind === "unix") return `-unix ${quoted(address.path)}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `-connect ${quoted(`${host}:${address.port}`)}`;
}
