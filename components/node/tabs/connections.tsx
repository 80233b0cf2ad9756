"use client";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { Age } from "@/components/ui/age";
import { CopyCommand } from "@/components/ui/copy/command";
import { CsvButton } from "@/components/ui/csv-button";
import { FilterField } from "@/components/ui/form/filter-field";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { Table, Td, Th } from "@/components/ui/table";
import { useConnections } from "@/lib/client/queries/node";
import type { ConnectionsReply } from "@/lib/model/node/inspection.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { canRead, lackingReason } from "../capability";
import { LackingNote } from "../lacking-note";
import { EscapedText } from "../stats/escaped-text";
import { useGroupCommands } from "../use-group-commands";
import { ConnectionList } from "./connection-list";
import { ConnectionState } from "./connection-state";

/** Clients and connections, with addresses and idle times. */
export function ConnectionsTab({ node }: { readonly node: Node }) {
  const t = useTranslations("node.connections");
  const all = useTranslations("node");
  const reason = lackingReason(node, "stats_conns");
  const askable = canRead(node) && reason === null;
  const query = useConnections(node.id, { enabled: askable });
  const commands = useGroupCommands(node, "conns");
  const { data } = query;
  if (data !== undefined)
    return <Connections node={node} reply={data} commands={commands} error={query.error} />;
  return (
    <Panel title={<Hint text={t("clientsMeaning")}>{t("clients")}</Hint>}>
      {query.error ? (
        <ErrorNote
          what={t("reading")}
          node={node.id}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : !canRead(node) ? (
        <Empty title={all("noLive")}>{all("noLiveWhy")}</Empty>
      ) : reason !== null ? (
        <LackingNote title={t("lacking")} reason={reason} />
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Panel>
  );
}

interface ConnectionsProps {
  readonly node: Node;
  readonly reply: ConnectionsReply;
  readonly commands: readonly string[];
  readonly error: unknown;
}

function Connections({ node, reply, commands, error }: ConnectionsProps) {
  const t = useTranslations("node.connections");
  const format = useFormat();
  const [filter, setFilter] = useState("");
  const search = filter.trim().toLowerCase();
  const clients = useMemo(
    () => reply.clients.filter((client) => client.address.toLowerCase().includes(search)),
    [reply.clients, search],
  );
  const connections = useMemo(
    () =>
      reply.connections.filter(({ address, state }) => `${address} ${state}`.toLowerCase().includes(search)),
    [reply.connections, search],
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5 lg:grid-cols-2">
      {error ? (
        <div className="lg:col-span-2">
          <ErrorNote what={t("reading")} node={node.id} error={error} />
        </div>
      ) : null}
      <Panel
        padded={false}
        className="lg:col-span-2"
        title={<Hint text={t("listenersMeaning")}>{t("listeners")}</Hint>}
        subtitle={<Age atMs={reply.atMs} />}
        tools={<CopyCommand commands={commands} />}
      >
        <Listeners reply={reply} />
      </Panel>
      <Panel
        padded={false}
        title={<Hint text={t("clientsMeaning")}>{t("clients")}</Hint>}
        subtitle={format.integer(reply.clients.length)}
        tools={
          <>
            <CsvButton name={`${node.id}-clients`} rows={() => clientRows(reply)} />
            <CopyCommand commands={commands} />
          </>
        }
      >
        <div className="px-3.5 pb-2">
          <FilterField label={t("filter")} value={filter} onChange={setFilter} />
        </div>
        <Clients clients={clients} />
      </Panel>
      <Panel
        padded={false}
        title={<Hint text={t("everyMeaning")}>{t("every")}</Hint>}
        subtitle={format.integer(connections.length)}
        tools={
          <>
            <CsvButton name={`${node.id}-connections`} rows={() => connectionRows(reply)} />
            <CopyCommand commands={commands} />
          </>
        }
      >
        <ConnectionList connections={connections} label={t("every")} />
      </Panel>
    </div>
  );
}

function Listeners({ reply }: { readonly reply: ConnectionsReply }) {
  const t = useTranslations("node.connections");
  const grouped = new Map<string, { transport: string; address: string; sockets: number }>();
  for (const { transport, address } of reply.listeners) {
    const key = `${transport} ${address}`;
    grouped.set(key, { transport, address, sockets: (grouped.get(key)?.sockets ?? 0) + 1 });
  }
  if (grouped.size === 0) return <p className="px-3.5 pb-3 text-muted">{t("noListeners")}</p>;
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-1 px-3.5 pb-3">
      {[...grouped].map(([key, { transport, address, sockets }]) => (
        <li key={key}>
          <span className={transport === "udp" ? "text-warn" : "text-muted"}>{transport}</span>{" "}
          <span className="font-medium">
            <EscapedText text={address} />
          </span>
          {sockets > 1 ? (
            <span className="text-muted text-xs"> {t("sockets", { count: sockets })}</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

const SHOWN_CLIENTS = 500;

function Clients({ clients }: { readonly clients: ConnectionsReply["clients"] }) {
  const t = useTranslations("node.connections");
  const format = useFormat();
  if (clients.length === 0) return <p className="px-3.5 pb-3 text-muted">{t("noClients")}</p>;
  return (
    <>
      <Table label={t("clients")}>
        <thead>
          <tr>
            <Th>{t("address")}</Th>
            <Th numeric>{t("count")}</Th>
            <Th numeric>{t("idle")}</Th>
            <Th>{t("states")}</Th>
          </tr>
        </thead>
        <tbody>
          {clients.slice(0, SHOWN_CLIENTS).map((client) => (
            <tr key={client.address} className="hover:bg-line-soft">
              <Td className="font-medium">
                <EscapedText text={client.address === "unix" ? t("unixClients") : client.address} />
              </Td>
              <Td numeric>{format.integer(client.connections)}</Td>
              <Td numeric title={t("idleMeaning")}>
                {idleText(client.idleSeconds, format.duration)}
              </Td>
              <Td className="text-muted">
                {Object.entries(client.states).map(([state, count], index) => (
                  <span key={state}>
                    {index === 0 ? "" : ", "}
                    {format.integer(count)} <ConnectionState state={state} />
                  </span>
                ))}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {clients.length > SHOWN_CLIENTS ? (
        <p className="px-3.5 py-2 text-faint text-xs">
          {t("moreClients", { count: clients.length - SHOWN_CLIENTS })}
        </p>
      ) : null}
    </>
  );
}

function idleText(
  { min, max }: { min: number | null; max: number | null },
  duration: (seconds: number | null) => string,
): string {
  return min === max ? duration(min) : `${duration(min)} – ${duration(max)}`;
}

function clientRows(reply: ConnectionsReply): (string | number | null)[][] {
  return [
    ["address", "connections", "idle_min_seconds", "idle_max_seconds", "states"],
    ...reply.clients.map(({ address, connections, idleSeconds, states }) => [
      address,
      connections,
      idleSeconds.min,
      idleSeconds.max,
      Object.entries(states)
        .map(([state, count]) => `${count} ${state}`)
        .join(" "),
    ]),
  ];
}

function connectionRows(reply: ConnectionsReply): (string | number | null)[][] {
  return [
    ["fd", "addr", "listen_addr", "state", "secs_since_last_cmd"],
    ...reply.connections.map((connection) => [
      connection.fd,
      connection.address,
      connection.listenAddress,
      connection.state,
      connection.idleSeconds,
    ]),
  ];
}
