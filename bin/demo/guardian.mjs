import { spawn } from "node:child_process";

/**
 * Reads "add PID" and "del PID" lines until its input closes; then ends what is left and removes the folder. Signals
 * to the process group, such as that of Ctrl-C, pass it by.
 */
const SCRIPT = `
trap '' INT TERM HUP
pids=' '
while read -r what pid; do
  case $what in
    add) pids="$pids$pid " ;;
    del) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill "$pid" 2>/dev/null; kill -CONT "$pid" 2>/dev/null; done
# The server is ending as well then, and must be done with its data folder.
[ "$pids" = ' ' ] || sleep 6
rm -rf -- "$1"
`;

/**
 * A small shell that outlives us for a moment: even when we are killed without warning, nothing of the demo stays.
 * @param {string} folder removed at the end
 */
export function startGuardian(folder) {
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "guardian", folder], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise((resolve) => shell.once("exit", resolve));
  shell.stdin.on("error", () => {});
  return {
    /** @param {number} pid */
    add: (pid) => shell.stdin.write(`add ${pid}\n`),
    /** @param {number} pid */
    remove: (pid) => shell.stdin.write(`del ${pid}\n`),
    /** Lets it do its work, and waits for that. */
    close: () => {
      shell.stdin.end();
      return ended;
    },
  };
}
