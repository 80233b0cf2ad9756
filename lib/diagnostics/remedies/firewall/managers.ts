/**
 * Rules for firewalld, ufw and AWS security groups. Commands are joined with `&&`: one that is refused, as a
 * placeholder is, ends the rest before anything is closed.
 */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { comment } from "../shell-quoting";
import { type AllowedSources, type GuardedPorts, sourceComments } from "./allowed-sources";

const PROTOCOLS = ["tcp", "udp"] as const;

/** A zone of its own that the clients belong to. */
export function firewalld(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const zone = "sudo firewall-cmd --permanent --zone=memcached";
  const text = [
    ...sourceComments(allowed),
    comment(
      "a zone decides about everything that its sources send: without ssh in it they lose ssh to this host",
    ),
    chained([
      "sudo firewall-cmd --permanent --new-zone=memcached",
      ...ports.tcp.map((port) => `${zone} --add-port=${port}/tcp`),
      `${zone} --add-service=ssh`,
      ...allowed.sources.map(({ text: source }) => `${zone} --add-source=${source}`),
      ...PROTOCOLS.flatMap((protocol) =>
        ports[protocol].map((port) => `sudo firewall-cmd --permanent --remove-port=${port}/${protocol}`),
      ),
      "sudo firewall-cmd --reload",
    ]),
    comment(
      "everybody else is left to the default zone: sudo firewall-cmd --list-all shows what that lets in",
    ),
  ];
  return { for: "firewalld", title: "firewalld zone", text: text.join("\n") };
}

/** The first rule that fits decides, so what is let in comes before what is not. */
export function ufw(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const text = [
    ...sourceComments(allowed),
    comment(
      "the first rule that fits decides: delete earlier ones that open the port (sudo ufw status numbered)",
    ),
    chained([
      ...ports.tcp.flatMap((port) =>
        allowed.sources.map(
          ({ text: source }) => `sudo ufw allow from ${source} to any port ${port} proto tcp`,
        ),
      ),
      ...PROTOCOLS.flatMap((protocol) => ports[protocol].map((port) => `sudo ufw deny ${port}/${protocol}`)),
    ]),
    comment("only if sudo ufw status says inactive: sudo ufw allow OpenSSH && sudo ufw enable"),
  ];
  return { for: "ufw", title: "ufw", text: text.join("\n") };
}

/** Opens for the clients first, then closes for everybody. */
export function securityGroup(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const group = '--group-id "$SECURITY_GROUP_ID"';
  const sources = (family: 4 | 6) => allowed.sources.filter((source) => source.family === family);
  const permissions = ports.tcp.map((port) => ({
    IpProtocol: "tcp",
    FromPort: port,
    ToPort: port,
    IpRanges: sources(4).map(({ text: source, who }) => ({
      CidrIp: cidr(source, 32),
      Description: plain(who),
    })),
    Ipv6Ranges: sources(6).map(({ text: source, who }) => ({
      CidrIpv6: cidr(source, 128),
      Description: plain(who),
    })),
  }));
  const world = PROTOCOLS.flatMap((IpProtocol) =>
    ports[IpProtocol].map((port) => ({
      ...{ IpProtocol, FromPort: port, ToPort: port },
      IpRanges: [{ CidrIp: "0.0.0.0/0" }],
      Ipv6Ranges: [{ CidrIpv6: "::/0" }],
    })),
  );
  const text = [
    ...sourceComments(allowed),
    'SECURITY_GROUP_ID="sg-..." # the group of this node; a group of your clients is better than their addresses',
    ...(allowed.sources.length === 0
      ? [revoke(group, world)]
      : [
          chained([
            `aws ec2 authorize-security-group-ingress ${group} --ip-permissions '${JSON.stringify(permissions)}'`,
            revoke(group, world),
          ]),
        ]),
    comment(
      "revoking says InvalidPermission.NotFound for rules that were not there; then revoke those that are",
    ),
  ];
  return { for: "security-group", title: "AWS security group", text: text.join("\n") };
}

function revoke(group: string, world: readonly object[]): string {
  return `aws ec2 revoke-security-group-ingress ${group} --ip-permissions '${JSON.stringify(world)}'`;
}

function cidr(source: string, bits: number): string {
  return source.includes("/") ? source : `${source}/${bits}`;
}

/** What AWS takes in a description, and no more. */
function plain(who: string): string {
  return who.replaceAll(/[^A-Za-z0-9 ._()-]/g, "-").slice(0, 200);
}

function chained(commands: readonly string[]): string {
  return commands.join(" &&\n");
}
