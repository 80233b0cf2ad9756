/** How to make a node ask for a user name and a password. Steps for the node's own machine; no password in them. */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { isBefore } from "../../probes/advisories/upstream-version";
import type { NodeFacts } from "../node-facts";
import { optionsLine, startUpChange } from "../start-up/files";
import type { OptionChange } from "../start-up/options";

/** Whoever asks for a sign-in must not listen on UDP: memcached refuses to start with both. */
const NO_UDP: OptionChange = { option: "-U", to: "0" };

const DATABASE = "/etc/sasl2/memcached-sasldb2";
const AUTHFILE = "/etc/memcached-authfile";

/** The authfile came with this release. */
const AUTHFILE_SINCE = "1.5.15";

/** SASL: the binary protocol, so every client has to speak it. `addUser`: the node has SASL, only the user is new. */
export function saslSteps(facts: NodeFacts, addUser: boolean): Remedy {
  const user = [
    "# asks for the password; the domain is the host name, as memcached looks it up",
    `sudo saslpasswd2 -a memcached -c -f ${DATABASE} "$MEMCACHED_USER"`,
    `sudo chown memcached:memcached ${DATABASE}   # Debian: memcache:memcache`,
    `sudo sasldblistusers2 -f ${DATABASE}`,
  ];
  const text = [
    "# memcached has to be built with SASL (RHEL and Debian packages are), and clients have to speak binary",
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
          "# tell the clients, start with -S and restart; in /etc/sysconfig/memcached:",
          `# ${optionsLine(startUpChange(facts, [NO_UDP, { option: "-S", to: true }]))}`,
          "sudo systemctl restart memcached",
          "# with -vv for as long as it is tried out, the log says: Initialized SASL.",
          "sudo journalctl -u memcached",
        ]),
    "# then give Memfleet the same user and password under the pool's auth",
  ];
  return { for: "sasl", title: addUser ? "Add a SASL user" : "SASL sign-in", text: text.join("\n") };
}

/** The authfile: text protocol; null where the node's version has none. */
export function authfileSteps(facts: NodeFacts): Remedy | null {
  const { version } = facts;
  if (version !== null && isBefore(version, AUTHFILE_SINCE)) return null;
  const text = [
    `# text protocol, from ${AUTHFILE_SINCE}; clients sign in with a set before anything else`,
    "# the variables are set where nobody looks over the shoulder: read -rs MEMCACHED_PASSWORD",
    `sudo touch ${AUTHFILE} && sudo chmod 600 ${AUTHFILE}`,
    `printf '%s:%s\\n' "$MEMCACHED_USER" "$MEMCACHED_PASSWORD" | sudo tee ${AUTHFILE} > /dev/null`,
    `sudo chown memcached ${AUTHFILE} && sudo chmod 400 ${AUTHFILE}   # Debian: memcache`,
    "# tell the clients, start with -Y and restart; in /etc/sysconfig/memcached:",
    `# ${optionsLine(startUpChange(facts, [NO_UDP, { option: "-Y", to: AUTHFILE }]))}`,
    "sudo systemctl restart memcached",
    "# then give Memfleet the same user and password under the pool's auth",
  ];
  return { for: "authfile", title: "Authfile sign-in", text: text.join("\n") };
}
