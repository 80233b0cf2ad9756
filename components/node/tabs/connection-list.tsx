"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Td, Th } from "@/components/ui/table";
import type { Connection } from "@/lib/model/node/inspection.schema";
import { EscapedText } from "../stats/escaped-text";
import { ConnectionState } from "./connection-state";

interface ConnectionListProps {
  readonly connections: readonly Connection[];
  readonly label: string;
}

const ROW_PIXELS = 29;
const HEAD_PIXELS = 30;
const MOST_PIXELS = 520;
const COLUMNS = 4;

/** Every connection. Renders only the visible rows, because a node may have many thousands. */
export function ConnectionList({ connections, label }: ConnectionListProps) {
  const t = useTranslations("node.connections");
  const frame = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: connections.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
    initialRect: { width: 480, height: MOST_PIXELS },
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  if (connections.length === 0) return <p className="px-3.5 pb-3 text-muted">{t("noConnections")}</p>;
  return (
    <ScrollRegion
      ref={frame}
      label={label}
      className="overflow-auto"
      style={{ maxHeight: MOST_PIXELS + HEAD_PIXELS }}
    >
      <table aria-label={label} aria-rowcount={connections.length + 1} className="w-full border-collapse">
        <thead className="sticky top-0 bg-surface">
          <tr>
            <Th>fd</Th>
            <Th>{t("address")}</Th>
            <Th>{t("state")}</Th>
            <Th numeric>{t("idle")}</Th>
          </tr>
        </thead>
        <tbody>
          <Space pixels={above} />
          {items.map((item) => {
            const connection = connections[item.index];
            return connection === undefined ? null : (
              <ConnectionRow key={connection.fd} connection={connection} row={item.index + 2} />
            );
          })}
          <Space pixels={below} />
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function ConnectionRow({ connection, row }: { readonly connection: Connection; readonly row: number }) {
  const t = useTranslations("node.connections");
  const format = useFormat();
  const { fd, address, listenAddress, state, idleSeconds } = connection;
  return (
    <tr aria-rowindex={row} className="hover:bg-line-soft" style={{ height: ROW_PIXELS }}>
      <Td className="text-muted">{fd}</Td>
      <Td title={listenAddress === null ? undefined : t("through", { address: listenAddress })}>
        <EscapedText text={address === "unix" ? t("unixClients") : address} />
      </Td>
      <Td className="text-muted">
        <ConnectionState state={state} />
      </Td>
      <Td numeric>{format.duration(idleSeconds)}</Td>
    </tr>
  );
}

/** Keeps the scroll height of the rows that are not drawn. */
function Space({ pixels }: { readonly pixels: number }) {
  if (pixels <= 0) return null;
  return (
    <tr>
      <td colSpan={COLUMNS} style={{ height: pixels }} />
    </tr>
  );
}
