/**
 * Start-up options for containers. Inside one, memcached listens on every address it has; which of them the world
 * reaches is decided by what is published, so `-l` and `-s` become that.
 */

import { quoted } from "@/lib/catalogue/commands";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { UpstreamVersion } from "../../probes/advisories/upstream-version";
import { comment, isPlainPath } from "../shell-quoting";
import { remarks, type StartUpChange } from "./files";
import { argumentsOf, changed, explicitValue, type StartOption } from "./options";

interface Container {
  readonly image: string;
  readonly arguments: readonly string[];
  /** As `docker run -p` takes them. */
  readonly published: readonly string[];
  /** Files and directories that it reads, mounted where the options say. */
  readonly mounts: readonly string[];
  readonly port: string;
  readonly remarks: readonly string[];
}

/** `docker run`, compose and Kubernetes; none for a node that does not tell its settings or is on a unix socket. */
export function containers(change: StartUpChange, version: UpstreamVersion | null): readonly Remedy[] {
  if (!change.known) return [];
  const { options } = changed(change.startUp, change.changes);
  if (explicitValue(options, "-s") !== null) return [];
  const container = containerOf(options, remarks(change), version);
  return [docker(container), compose(container), kubernetes(container)];
}

function containerOf(
  options: readonly StartOption[],
  remarked: readonly string[],
  version: UpstreamVersion | null,
): Container {
  const port = explicitValue(options, "-p") ?? "11211";
  const udp = explicitValue(options, "-U") ?? "0";
  const addresses = publishedAddresses(explicitValue(options, "-l"));
  const published = addresses.flatMap((at) => [
    `${at}${port}:${port}/tcp`,
    ...(udp === "0" ? [] : [`${at}${udp}:${udp}/udp`]),
  ]);
  const files = ["-Y", "ssl_chain_cert", "ssl_key", "ssl_ca_cert"].map((option) =>
    explicitValue(options, option),
  );
  const has = (option: string) => options.some((one) => one.option === option);
  return {
    image: `memcached:${version === null ? "VERSION" : version.numbers.join(".")}`,
    arguments: argumentsOf(options.filter(({ option }) => option !== "-l")),
    published: [...new Set(published)],
    mounts: [
      ...(has("-S") ? ["/etc/sasl2"] : []),
      ...files.filter((path) => path !== null && isPlainPath(path)),
    ].filter((path) => path !== null),
    port,
    remarks: remarked,
  };
}

/** The addresses of `-l` as `docker run -p` has them before the port; the port of a word is the container's own. */
function publishedAddresses(list: string | null): string[] {
  if (list === null) return [""];
  const addresses = list.split(",").map((word) => {
    const bare = word.replace(/^(?:notls:|proto\[\w+\]:|tag_[^:]*_:)+/, "");
    const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(bare) ?? [];
    const host = bracketed ?? plain ?? bare;
    return host === "localhost" ? "127.0.0.1" : host;
  });
  return addresses.map((host) => (host.includes(":") ? `[${host}]:` : `${host}:`));
}

function docker(container: Container): Remedy {
  const options = [
    ...container.published.map((one) => `-p ${quoted(one)}`),
    ...container.mounts.map((path) => `-v ${quoted(`${path}:${path}:ro`)}`),
  ];
  const command = ["memcached", ...container.arguments].map(quoted).join(" ");
  const text = [
    ...container.remarks,
    comment("-p decides who reaches it: published ports pass the host's own input rules by"),
    `${["docker run -d --name memcached --restart unless-stopped", ...options].join(" \\\n  ")} \\`,
    `  ${quoted(container.image)} \\`,
    `  ${command}`,
  ];
  return { for: "docker", title: "docker run", text: text.join("\n") };
}

function compose(container: Container): Remedy {
  const text = [
    ...container.remarks,
    "services:",
    "  memcached:",
    `    image: ${JSON.stringify(container.image)}`,
    `    command: ${JSON.stringify(["memcached", ...container.arguments])}`,
    `    ports: ${JSON.stringify(container.published)}`,
    ...(container.mounts.length === 0
      ? []
      : [`    volumes: ${JSON.stringify(container.mounts.map((path) => `${path}:${path}:ro`))}`]),
    "    restart: unless-stopped",
  ];
  return { for: "compose", title: "compose.yaml", text: text.join("\n") };
}

function kubernetes(container: Container): Remedy {
  const text = [
    ...container.remarks,
    comment("in the pod's spec; who reaches it is decided by its Service and by a NetworkPolicy"),
    ...(container.mounts.length === 0
      ? []
      : [comment(`mount as volumes, from a Secret: ${container.mounts.join(", ")}`)]),
    "containers:",
    "  - name: memcached",
    `    image: ${JSON.stringify(container.image)}`,
    `    args: ${JSON.stringify(container.arguments)}`,
    `    ports: [{"name": "memcached", "containerPort": ${/^\d+$/.test(container.port) ? container.port : "11211"}, "protocol": "TCP"}]`,
  ];
  return { for: "kubernetes", title: "Kubernetes container", text: text.join("\n") };
}
