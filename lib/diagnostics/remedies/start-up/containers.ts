/**
 * Start-up options for containers. In a container, memcached listens on every address. The published ports decide
 * which of them can be reached from outside, so `-l` becomes those.
 */
import { quoted } from "@/lib/catalogue/commands";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { UpstreamVersion } from "../../probes/advisories/upstream-version";
import { listenEntry } from "../../probes/listeners/scopes";
import { commandRemedy, sameInBoth } from "../prose";
import { comment, isPlainPath } from "../shell-quoting";
import { remarks, type StartUpChange } from "./files";
import { argumentsOf, changed, explicitValue, type StartOption } from "./options";

interface Container {
  readonly image: string;
  readonly arguments: readonly string[];
  /** As `docker run -p` takes them. */
  readonly published: readonly string[];
  /** Files and directories that memcached reads, mounted at the same paths. */
  readonly mounts: readonly string[];
  readonly port: string;
  readonly remarks: readonly string[];
}

/** `docker run`, Compose and Kubernetes; none for a node that reports no settings or uses a unix socket. */
export function containers(change: StartUpChange, version: UpstreamVersion | null): readonly Remedy[] {
  if (!change.known) return [];
  const { options } = changed(change.startUp, change.changes);
  if (explicitValue(options, "-s") !== null) return [];
  const container = containerOf(options, remarks(change), version);
  return [docker(container), compose(container), kubernetes(container)];
}

function containerOf(
  options: readonly StartOption[],
  containerRemarks: readonly string[],
  version: UpstreamVersion | null,
): Container {
  const port = explicitValue(options, "-p") ?? "11211";
  const udp = explicitValue(options, "-U") ?? "0";
  const addresses = publishedAddresses(explicitValue(options, "-l"));
  const published = addresses.flatMap((address) => [
    `${address}${port}:${port}/tcp`,
    ...(udp === "0" ? [] : [`${address}${udp}:${udp}/udp`]),
  ]);
  const files = ["-Y", "ssl_chain_cert", "ssl_key", "ssl_ca_cert"].map((option) =>
    explicitValue(options, option),
  );
  const has = (option: string) => options.some((other) => other.option === option);
  return {
    image: `memcached:${version === null ? "VERSION" : version.numbers.join(".")}`,
    arguments: argumentsOf(options.filter(({ option }) => option !== "-l")),
    published: [...new Set(published)],
    mounts: [
      ...(has("-S") ? ["/etc/sasl2"] : []),
      ...files.filter((path) => path !== null && isPlainPath(path)),
    ].filter((path) => path !== null),
    port,
    remarks: containerRemarks,
  };
}

/** The addresses of `-l` as `docker run -p` has them before the port; an entry's port is the container's own. */
function publishedAddresses(list: string | null): string[] {
  if (list === null) return [""];
  return list.split(",").map((entry) => {
    const { host } = listenEntry(entry);
    if (host === "localhost") return "127.0.0.1:";
    return host.includes(":") ? `[${host}]:` : `${host}:`;
  });
}

function docker(container: Container): Remedy {
  const options = [
    ...container.published.map((port) => `-p ${quoted(port)}`),
    ...container.mounts.map((path) => `-v ${quoted(`${path}:${path}:ro`)}`),
  ];
  const command = ["memcached", ...container.arguments].map(quoted).join(" ");
  return commandRemedy("docker", sameInBoth("docker run"), [
    ...container.remarks,
    comment("-p decides who can connect: published ports bypass the host's input rules"),
    `${["docker run -d --name memcached --restart unless-stopped", ...options].join(" \\\n  ")} \\`,
    `  ${quoted(container.image)} \\`,
    `  ${command}`,
  ]);
}

function compose(container: Container): Remedy {
  return commandRemedy("compose", sameInBoth("compose.yaml"), [
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
  ]);
}

function kubernetes(container: Container): Remedy {
  return commandRemedy("kubernetes", { en: "Kubernetes container", ja: "Kubernetes のコンテナ" }, [
    ...container.remarks,
    comment("in the pod's spec; its Service and a NetworkPolicy decide who can connect"),
    ...(container.mounts.length === 0
      ? []
      : [comment(`mount as volumes, from a Secret: ${container.mounts.join(", ")}`)]),
    "containers:",
    "  - name: memcached",
    `    image: ${JSON.stringify(container.image)}`,
    `    args: ${JSON.stringify(container.arguments)}`,
    `    ports: [{"name": "memcached", "containerPort": ${/^\d+$/.test(container.port) ? container.port : "11211"}, "protocol": "TCP"}]`,
  ]);
}
