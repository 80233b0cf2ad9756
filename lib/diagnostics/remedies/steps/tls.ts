/** How to enable TLS on a node, and how to give it a certificate that clients trust. */
import { quoted } from "@/lib/catalogue/commands";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { formatHostPort } from "@/lib/model/node/node-address";
import { isBefore } from "../../probes/advisories/upstream-version";
import type { NodeFacts } from "../node-facts";
import { commandRemedy } from "../prose";
import { isPlainPath } from "../shell-quoting";

/** The first release with TLS. */
const TLS_SINCE = "1.5.13";

/** The paths of certificate and key that the node reports, else the recommended ones. */
export function tlsPaths(facts: NodeFacts): { certificate: string; key: string } {
  const reported = (name: string, fallback: string) => {
    const path = facts.settings?.get(name);
    return path !== undefined && isPlainPath(path) ? path : fallback;
  };
  return {
    certificate: reported("ssl_chain_cert", "/etc/memcached/tls/cert.pem"),
    key: reported("ssl_key", "/etc/memcached/tls/key.pem"),
  };
}

/** Whether the node's version supports TLS; its package may be built without. */
export function canSpeakTls({ version }: NodeFacts): boolean {
  return version === null || !isBefore(version, TLS_SINCE);
}

/** A certificate for the name by which Memfleet and the clients reach the node. */
export function certificateSteps(facts: NodeFacts): Remedy {
  const { address } = facts.endpoint;
  const host = address.kind === "tcp" ? address.host : "localhost";
  const name = /^[\d.]+$/.test(host) || host.includes(":") ? `IP:${host}` : `DNS:${host}`;
  const { certificate, key } = tlsPaths(facts);
  return commandRemedy("tls", { en: "Certificate and key", ja: "証明書と鍵" }, [
    "# have your CA sign this for the name that clients connect to",
    `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out node.csr -subj ${quoted(`/CN=${host}`)} -addext ${quoted(`subjectAltName=${name}`)}`,
    "# put the signed certificate first, then the intermediate certificates up to the root",
    `sudo install -D -o memcached -m 0444 cert.pem ${quoted(certificate)}   # Debian: -o memcache`,
    `sudo install -D -o memcached -m 0400 key.pem ${quoted(key)}`,
    "# since 1.6.0, a node that already runs with TLS needs no restart:",
    `printf 'refresh_certs\\r\\nquit\\r\\n' | openssl s_client -quiet ${connectArgument(facts)}`,
    "# set the CA in Memfleet's configuration: the pool's tls.ca",
  ]);
}

/** Shows the certificate that the node uses now. */
export function certificateCheck(facts: NodeFacts): string {
  return `openssl s_client ${connectArgument(facts)} < /dev/null | openssl x509 -noout -subject -ext subjectAltName -dates`;
}

function connectArgument({ endpoint: { address } }: NodeFacts): string {
  return address.kind === "unix"
    ? `-unix ${quoted(address.path)}`
    : `-connect ${quoted(formatHostPort(address.host, address.port))}`;
}
