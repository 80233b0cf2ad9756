/** A DNS server on loopback, over UDP and TCP, that gives the records a test tells it to. */
import DNS from "dns2";
import { freePort } from "./free-port";

export type DnsRecord =
  | { readonly type: "A" | "AAAA"; readonly address: string; readonly ttl: number }
  | { readonly type: "SRV"; readonly target: string; readonly port: number; readonly ttl: number };

export interface DnsServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Questions so far. */
  readonly queryCount: number;
  /** Records by name. A name without an entry does not exist; an empty list is a name without such records. */
  readonly zone: Map<string, readonly DnsRecord[]>;
  /** `refuse` answers SERVFAIL, `silent` not at all. */
  mood: "answer" | "refuse" | "silent";
  stop(): Promise<void>;
}

const { Packet } = DNS;

/** Response codes of RFC 1035, section 4.1.1. */
const SERVFAIL = 2;
const NXDOMAIN = 3;

/** All targets of a service are alike. */
const SRV_ORDER = { priority: 1, weight: 1 };

export async function startDnsServer(): Promise<DnsServer> {
  const port = await freePort();
  let queryCount = 0;
  const server = DNS.createServer({
    udp: true,
    tcp: true,
    handle(request, send) {
      queryCount++;
      if (dns.mood === "silent") return;
      const [question] = request.questions;
      if (question === undefined) throw new Error("a DNS request without a question");
      const response = Packet.createResponseFromRequest(request);
      const records = dns.zone.get(question.name.toLowerCase());
      if (dns.mood === "refuse") response.header.rcode = SERVFAIL;
      else if (records === undefined) response.header.rcode = NXDOMAIN;
      for (const record of dns.mood === "answer" ? (records ?? []) : []) {
        if (Packet.TYPE[record.type] !== question.type) continue;
        const { type, ttl, ...data } = record;
        response.answers.push(
          Packet.createResourceFromQuestion(question, { ttl, ...data, ...(type === "SRV" ? SRV_ORDER : {}) }),
        );
      }
      send(response);
    },
  });
  const dns: DnsServer = {
    address: `127.0.0.1:${port}`,
    get queryCount() {
      return queryCount;
    },
    zone: new Map(),
    mood: "answer",
    stop: async () => {
      await server.close();
    },
  };
  const bind = { port, address: "127.0.0.1" };
  await server.listen({ udp: bind, tcp: bind });
  return dns;
}
