"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { ApiError } from "@/lib/client/api";
import { fleetQuery } from "@/lib/client/queries/fleet";
import { whoamiQuery } from "@/lib/client/queries/session";
import { decodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import type { Whoami } from "@/lib/model/access.schema";

/** A request that the server refused is refused again; one that met an overloaded or unreachable server may pass. */
function worthRetrying(failures: number, error: Error): boolean {
  const { status = 0 } = error as Partial<ApiError>;
  return failures < 2 && (status === 0 || status === 503);
}

function createClient(fleet: FleetColumns, whoami: Whoami): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { retry: worthRetrying } } });
  client.setQueryData(fleetQuery.queryKey, decodeFleet(fleet));
  client.setQueryData(whoamiQuery.queryKey, whoami);
  return client;
}

/** Starts the event stream. Until it is loaded, and where it fails, the fleet is read at every poll interval. */
function followFleet(client: QueryClient): () => void {
  let stop: (() => void) | null = null;
  let stopped = false;
  import("@/lib/client/events/events").then(
    ({ startEvents }) => {
      if (!stopped) stop = startEvents(client);
    },
    () => undefined,
  );
  return () => {
    stopped = true;
    stop?.();
  };
}

interface FleetProvidersProps {
  readonly fleet: FleetColumns;
  readonly whoami: Whoami;
  readonly children: ReactNode;
}

/** The query cache of pages about the fleet, and the event stream that keeps it current. */
export function FleetProviders({ fleet, whoami, children }: FleetProvidersProps) {
  const [client] = useState(() => createClient(fleet, whoami));
  useEffect(() => followFleet(client), [client]);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
