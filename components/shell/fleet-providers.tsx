"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { ApiError } from "@/lib/client/api";
import { queryKeys } from "@/lib/client/queries/query-keys";
import { decodeFleet, type FleetColumns } from "@/lib/fleet-sync/fleet-columns";
import type { Whoami } from "@/lib/model/access.schema";

/** A client error does not go away by asking again; an overloaded or unreachable server may. */
function worthRetrying(failures: number, error: Error): boolean {
  const { status = 0 } = error as Partial<ApiError>;
  return failures < 2 && (status === 0 || status === 503);
}

function createClient(fleet: FleetColumns, whoami: Whoami): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { retry: worthRetrying } } });
  client.setQueryData(queryKeys.fleet, decodeFleet(fleet));
  client.setQueryData(queryKeys.whoami, whoami);
  return client;
}

/** Begins to follow the fleet. Until then, and where that fails, it is asked for at every poll interval. */
function follow(client: QueryClient): () => void {
  let stop: (() => void) | null = null;
  let left = false;
  import("@/lib/client/events/events").then(
    ({ startEvents }) => {
      if (!left) stop = startEvents(client);
    },
    () => undefined,
  );
  return () => {
    left = true;
    stop?.();
  };
}

interface FleetProvidersProps {
  readonly fleet: FleetColumns;
  readonly whoami: Whoami;
  readonly children: ReactNode;
}

/** What pages over the fleet stand on: the query cache and the event stream that keeps it current. */
export function FleetProviders({ fleet, whoami, children }: FleetProvidersProps) {
  const [client] = useState(() => createClient(fleet, whoami));
  useEffect(() => follow(client), [client]);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
