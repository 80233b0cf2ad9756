/**
 * Rules for firewalld, ufw and AWS security groups. Commands are joined with `&&`: a rejected one, as with a
 * placeholder, stops the rest before anything is closed.
 */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { commandRemedy, sameInBoth } from "../prose";
import { comment } from "../shell-quoting";
import { type AllowedSources, type GuardedPorts, sourceComments } from "./allowed-sources";

const PROTOCOLS = ["tcp", "udp"] as const;

/** A separate zone for the clients. */
export function firewalld(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const zone = "sudo firewall-cmd --permanent --zone=memcached";
  return commandRemedy("firewalld", { en: "firewalld zone", ja: "firewalld のゾーン" }, [
    ...sourceComments(allowed),
    comment(
      "a zone applies to all traffic of its sources: without ssh in it they lose ssh access to this host",
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
    comment("all other sources stay in the default zone: sudo firewall-cmd --list-all shows what it allows"),
  ]);
}

/** The first matching rule decides, so the allow rules come first. */
export function ufw(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  return commandRemedy("ufw", sameInBoth("ufw"), [
    ...sourceComments(allowed),
    comment(
      "the first matching rule decides: delete earlier ones that open the port (sudo ufw status numbered)",
    ),
    chained([
      ...ports.tcp.flatMap((port) =>
        allowed.sources.map(
          ({ text: source }) => `sudo ufw allow from ${source} to any port ${port} proto tcp`,
        ),
      ),
      ...PROTOCOLS.flatMap((protocol) => ports[protocol].map((port) => `sudo ufw deny ${port}/${protocol}`)),
    ]),
    comment("only if sudo ufw status shows inactive: sudo ufw allow OpenSSH && sudo ufw enable"),
  ]);
}

/** Opens the ports to the clients first, then closes them to everyone else. */
export function securityGroup(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const group = '--group-id "$SECURITY_GROUP_ID"';
  const sources = (family: 4 | 6) => allowed.sources.filter((source) => source.family === family);
  const permissions = ports.tcp.map((port) => ({
    IpProtocol: "tcp",
    FromPort: port,
    ToPort: port,
    IpRanges: sources(4).map(({ text: source, who }) => ({
      CidrIp: cidr(source, 32),
      Description: awsDescription(who),
    })),
    Ipv6Ranges: sources(6).map(({ text: source, who }) => ({
      CidrIpv6: cidr(source, 128),
      Description: awsDescription(who),
    })),
  }));
  const world = PROTOCOLS.flatMap((IpProtocol) =>
    ports[IpProtocol].map((port) => ({
      IpProtocol,
      FromPort: port,
      ToPort: port,
      IpRanges: [{ CidrIp: "0.0.0.0/0" }],
      Ipv6Ranges: [{ CidrIpv6: "::/0" }],
    })),
  );
  return commandRemedy("security-group", { en: "AWS security group", ja: "AWS セキュリティグループ" }, [
    ...sourceComments(allowed),
    'SECURITY_GROUP_ID="sg-..." # the group of this node; prefer a group of your clients to their addresses',
    ...(allowed.sources.length === 0
      ? [revoke(group, world)]
      : [
          chained([
            `aws ec2 authorize-security-group-ingress ${group} --ip-permissions '${JSON.stringify(permissions)}'`,
            revoke(group, world),
          ]),
        ]),
    comment(
      "revoke fails with InvalidPermission.NotFound if a rule doesn't exist; then revoke the existing ones",
    ),
  ]);
}

function revoke(group: string, world: readonly object[]): string {
  return `aws ec2 revoke-security-group-ingress ${group} --ip-permissions '${JSON.stringify(world)}'`;
}

function cidr(source: string, bits: number): string {
  return source.includes("/") ? source : `${source}/${bits}`;
}

/** The characters that AWS allows in a description. */
function awsDescription(who: string): string {
  return who.replaceAll(/[^A-Za-z0-9 ._()-]/g, "-").slice(0, 200);
}

function chained(commands: readonly string[]): string {
  return commands.join(" &&\n");
}
