import ipaddr from "ipaddr.js";

/** What no configuration may name as a node, in words; the sources are the IANA special-purpose registries. */
const REFUSED_V4: Readonly<Record<string, string>> = {
  unspecified: "the unspecified address, which identifies no host",
  linkLocal: "a link-local address (169.254.0.0/16, where cloud metadata services answer)",
  multicast: "a multicast address, which identifies no single host",
  broadcast: "the broadcast address, which identifies no single host",
};
const REFUSED_V6: Readonly<Record<string, string>> = {
  unspecified: "the unspecified address, which identifies no host",
  linkLocal: "a link-local address (fe80::/10)",
  multicast: "a multicast address, which identifies no single host",
};

/** Metadata services outside the link-local range: Alibaba Cloud, EC2 over IPv6, Google Cloud over IPv6. */
const METADATA: ReadonlySet<string> = new Set(["100.100.100.200", "fd00:ec2::254", "fd20:ce::254"]);
const METADATA_REASON = "the address of a cloud metadata service";

/** Prefixes whose addresses carry an IPv4 address that the packet is translated or tunnelled to. */
const IPV4_CARRIERS: ReadonlyArray<readonly [prefix: string, bits: number, firstByte: number]> = [
  ["::", 96, 12],
  ["::ffff:0:0", 96, 12],
  ["::ffff:0:0:0", 96, 12],
  ["64:ff9b::", 96, 12],
  ["2002::", 16, 2],
];

/**
 * Why an IP address must not be connected to as a node, in words; null when it may. Takes a literal IPv4 or
 * IPv6 address without brackets, as configuration or a name server gives it; anything else is refused too.
 * IPv6 addresses that carry an IPv4 address (mapped, NAT64, 6to4) are judged by what they carry as well.
 */
export function refusedNodeIp(text: string): string | null {
  if (text.includes("%")) return "an address with a zone, which is link-local";
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return refusedV4(ipaddr.IPv4.parse(text));
  if (ipaddr.IPv6.isValid(text)) return refusedV6(ipaddr.IPv6.parse(text));
  return "not an IP address";
}

function refusedV4(address: ipaddr.IPv4): string | null {
  if (METADATA.has(address.toString())) return METADATA_REASON;
  return REFUSED_V4[address.range()] ?? null;
}

function refusedV6(address: ipaddr.IPv6): string | null {
  const refused = REFUSED_V6[address.range()];
  if (refused !== undefined) return refused;
  if (METADATA.has(address.toRFC5952String())) return METADATA_REASON;
  if (address.range() === "loopback") return null;
  for (const [prefix, bits, firstByte] of IPV4_CARRIERS) {
    if (!address.match(ipaddr.IPv6.parse(prefix), bits)) continue;
    const carried = new ipaddr.IPv4(address.toByteArray().slice(firstByte, firstByte + 4));
    return refusedV4(carried);
  }
  return null;
}
