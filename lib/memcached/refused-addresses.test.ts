import { expect, it } from "vitest";
import { refusedNodeIp } from "./refused-addresses";

it.each([
  "127.0.0.1",
  "10.0.0.1",
  "192.168.1.1",
  "8.8.8.8",
  "::1",
  "fd12:3456::1",
  "2001:db8::1",
  "::ffff:10.0.0.1",
])("%s may be a node", (ip) => {
  expect(refusedNodeIp(ip)).toBeNull();
});

it.each([
  "169.254.169.254",
  "169.254.0.1",
  "100.100.100.200",
  "0.0.0.0",
  "224.0.0.1",
  "239.255.255.255",
  "255.255.255.255",
  "::",
  "fe80::1",
  "fe80::1%eth0",
  "ff02::1",
  "fd00:ec2::254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::169.254.169.254",
  "64:ff9b::169.254.169.254",
  "2002:a9fe:a9fe::",
  "2852039166",
  "0251.0376.0251.0376",
  "0xa9fea9fe",
  "localhost",
  "",
])("%j is refused", (ip) => {
  expect(refusedNodeIp(ip)).not.toBeNull();
});
