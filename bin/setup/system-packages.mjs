import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { runChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";

/** Includes folders that are not in the PATH of ordinary users on Debian. */
const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/local/sbin"];

/** Debian packages, each with a check whether it is installed. */
const PACKAGES = {
  memcached: () => findProgram("memcached") !== null,
  "sasl2-bin": () => findProgram("saslpasswd2") !== null,
  "libsasl2-modules": hasSaslPlain,
  openssl: () => findProgram("openssl") !== null,
  chromium: () => findProgram("chromium") !== null || process.env.CHROMIUM_PATH !== undefined,
  "libmemcached-tools": () => findProgram("memcstat") !== null || findProgram("memstat") !== null,
  "netcat-openbsd": () => findProgram("nc") !== null,
  prometheus: () => findProgram("prometheus") !== null && findProgram("promtool") !== null,
  "victoria-metrics": () => findProgram("victoria-metrics") !== null,
  nftables: () => findProgram("nft") !== null,
  iptables: () => findProgram("iptables-restore") !== null,
};

/** How long another apt, such as the daily upgrade, is waited for. */
const LOCK_SECONDS = 600;
const LOCK_CHECK_SECONDS = 2;

/** Reads the package lists. apt has no timeout for the lock of these, so that the attempt is repeated. */
const UPDATE_LISTS = `
tries=${LOCK_SECONDS / LOCK_CHECK_SECONDS}
while :; do
  output=$(LC_ALL=C apt-get -q -o DPkg::Lock::Timeout=${LOCK_SECONDS} update 2>&1)
  code=$?
  case $output in
    *"Could not get lock"*) [ "$tries" -gt 0 ] || break ;;
    *) break ;;
  esac
  tries=$((tries - 1))
  sleep ${LOCK_CHECK_SECONDS}
done
printf '%s\\n' "$output"
exit $code
`;

/** Packages that bring a service, which Debian starts and enables as it installs them. */
const SERVICES = ["memcached", "prometheus", "victoria-metrics"];

/**
 * Installs the packages given as arguments and leaves none of their services running, now or after a restart:
 * tests and the demo start what they need. Debian runs policy-rc.d before it starts a service; an existing one belongs
 * to the administrator and stays.
 */
const INSTALL_WITHOUT_SERVICES = `
guard=/usr/sbin/policy-rc.d
made=
if [ ! -e "$guard" ]; then
  made=yes
  printf '#!/bin/sh\\nexit 101\\n' > "$guard" && chmod 755 "$guard" || exit 1
fi
trap '[ -z "$made" ] || rm -f "$guard"' EXIT
trap 'kill "$apt"; exit 143' HUP INT TERM
apt-get -q -o DPkg::Lock::Timeout=${LOCK_SECONDS} install -y --no-install-recommends "$@" &
apt=$!
wait "$apt" || exit
if [ -d /run/systemd/system ]; then
  for package in "$@"; do
    case " ${SERVICES.join(" ")} " in *" $package "*) systemctl disable --now "$package.service" ;; esac
  done
fi
`;

export const DEMO_PACKAGES = ["memcached", "sasl2-bin", "libsasl2-modules", "openssl"];
export const ENGINE_PACKAGES = ["prometheus", "victoria-metrics"];
export const TEST_PACKAGES = [
  ...DEMO_PACKAGES,
  ...ENGINE_PACKAGES,
  ...["libmemcached-tools", "netcat-openbsd", "nftables", "iptables"],
];
export const BROWSER_PACKAGES = ["chromium"];

/**
 * Ensures that system packages are present: installs missing ones through apt when that is permitted.
 * @param {readonly (keyof typeof PACKAGES)[]} names
 * @param {AbortSignal} stop
 * @throws {Refusal} with the line to run, when they cannot be installed from here
 */
export async function ensureSystemPackages(names, stop) {
  const missing = names.filter((name) => !PACKAGES[name]());
  if (missing.length === 0) return;
  if (findProgram("apt-get") === null) {
    throw new Refusal(
      `Missing: ${missing.join(", ")} (names of Debian packages). Install them and start again.`,
    );
  }
  const line = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const asRoot = rootPrefix();
  if (asRoot === null) throw new Refusal(`Missing: ${missing.join(", ")}. Run: sudo ${line}`);
  console.error(`Installing ${missing.join(", ")} …`);
  const root = (...command) => {
    const [program, ...args] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", ...command];
    return runChild(program, args, stop, { stdio: ["ignore", process.stderr, process.stderr] });
  };
  const install = () => root("sh", "-c", INSTALL_WITHOUT_SERVICES, "sh", ...missing);
  if ((await install()) !== 0) {
    await root("sh", "-c", UPDATE_LISTS);
    if ((await install()) !== 0)
      throw new Refusal(`Installing failed; the reason is above. The line was: ${line}`);
  }
  const still = missing.filter((name) => !PACKAGES[name]());
  if (still.length > 0) throw new Refusal(`Installed, but still not found: ${still.join(", ")}.`);
}

/**
 * The path of a program, or null.
 * @param {string} name
 */
export function findProgram(name) {
  const folder = FOLDERS.find((path) => path !== "" && existsSync(`${path}/${name}`));
  return folder === undefined ? null : `${folder}/${name}`;
}

/** What to put before a command to run it as root; null when that is not permitted without a password. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram("sudo");
  const permitted = sudo !== null && spawnSync(sudo, ["-n", "true"], { stdio: "ignore" }).status === 0;
  return permitted ? [sudo, "-n"] : null;
}

/** The PLAIN mechanism is a plug-in in its own package; its path is known on Debian only. */
function hasSaslPlain() {
  if (!existsSync("/etc/debian_version")) return true;
  return readdirSync("/usr/lib").some((name) => existsSync(`/usr/lib/${name}/sasl2/libplain.so`));
}
