import { expect, it } from "vitest";
import { renderNetstat } from "./netstat";

it("formats listeners like netstat -plunt, without the queues that a node does not report", () => {
  const shown = renderNetstat(
    [
      { transport: "tcp", address: "127.0.0.1:11211", scope: "loopback" },
      { transport: "udp", address: "[::]:11211", scope: "all" },
      { transport: "unix", address: "/run/m\n.sock", scope: "unix" },
    ],
    "2383",
  );
  expect(shown.split("\n")).toEqual([
    "Active Internet connections (only servers)",
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name",
    "tcp   -      -      127.0.0.1:11211         0.0.0.0:*               LISTEN      2383/memcached",
    "udp6  -      -      :::11211                :::*                                2383/memcached",
    "unix  -      -      /run/m\\n.sock           -                       LISTENING   2383/memcached",
  ]);
});
