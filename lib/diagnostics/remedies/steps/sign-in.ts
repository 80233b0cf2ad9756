/** How to make a node require a user name and a password. Steps for the node's machine, without any password. */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { isBefore } from "../../probes/advisories/upstream-version";
import type { NodeFacts } from "../node-facts";
import { commandRemedy } from "../prose";
import { optionsLine, startUpChange } from "../start-up/files";
import type { OptionChange } from "../start-up/options";

/** memcached refuses to start with both authentication and UDP. */
const NO_UDP: OptionChange = { option: "-U", to: "0" };

const DATABASE = "/etc/sasl2/memcached-sasldb2";
const AUTHFILE = "/etc/memcached-authfile";

/** The first release with an authfile. */
const AUTHFILE_SINCE = "1.5.15";

const CONFIGURE_MEMFLEET = "# then configure the same user and password in Memfleet, under the pool's auth";

/** SASL requires the binary protocol, so every client must use it. `addUser`: the node has SASL already. */
export function saslSteps(facts: NodeFacts, addUser: boolean): Remedy {
  const user = [
    "# prompts for the password; the domain is the host name, where memcached looks the user up",
    `sudo saslpasswd2 -a memcached -c -f ${DATABASE} "$MEMCACHED_USER"`,
    `sudo chown memcached:memcached ${DATABASE}   # Debian: memcache:memcache`,
    `sudo sasldblistusers2 -f ${DATABASE}`,
  ];
  const title = addUser
    ? { en: "Add a SASL user", ja: "SASL ユーザーの追加" }
    : { en: "SASL authentication", ja: "SASL 認証" };
  return commandRemedy("sasl", title, [
    "# memcached must be built with SASL (RHEL and Debian packages are), and clients must use the binary protocol",
    'MEMCACHED_USER="app"',
    ...(addUser
      ? user
      : [
          "sudo yum install cyrus-sasl-plain cyrus-sasl-lib   # Debian: apt-get install sasl2-bin libsasl2-modules",
          "sudo mkdir -p /etc/sasl2",
          "sudo tee /etc/sasl2/memcached.conf <<'CONF'",
          "mech_list: plain",
          "log_level: 5",
          `sasldb_path: ${DATABASE}`,
          "CONF",
          ...user,
          "# update the clients, start with -S and restart; in /etc/sysconfig/memcached:",
          `# ${optionsLine(startUpChange(facts, [NO_UDP, { option: "-S", to: true }]))}`,
          "sudo systemctl restart memcached",
          "# while testing, run with -vv: the log then shows: Initialized SASL.",
          "sudo journalctl -u memcached",
        ]),
    CONFIGURE_MEMFLEET,
  ]);
}

/** The authfile works with the text protocol; null when the node's version has none. */
export function authfileSteps(facts: NodeFacts): Remedy | null {
  const { version } = facts;
  if (version !== null && isBefore(version, AUTHFILE_SINCE)) return null;
  return commandRemedy("authfile", { en: "Authfile authentication", ja: "authfile 認証" }, [
    `# text protocol, since ${AUTHFILE_SINCE}; clients authenticate with a set before any other command`,
    "# set the variables where nobody can read them: read -rs MEMCACHED_PASSWORD",
    `sudo touch ${AUTHFILE} && sudo chmod 600 ${AUTHFILE}`,
    `printf '%s:%s\\n' "$MEMCACHED_USER" "$MEMCACHED_PASSWORD" | sudo tee ${AUTHFILE} > /dev/null`,
    `sudo chown memcached ${AUTHFILE} && sudo chmod 400 ${AUTHFILE}   # Debian: memcache`,
    "# update the clients, start with -Y and restart; in /etc/sysconfig/memcached:",
    `# ${optionsLine(startUpChange(facts, [NO_UDP, { option: "-Y", to: AUTHFILE }]))}`,
    "sudo systemctl restart memcached",
    CONFIGURE_MEMFLEET,
  ]);
}
