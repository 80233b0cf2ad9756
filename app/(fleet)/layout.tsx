import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { FleetProviders } from "@/components/shell/fleet-providers";
import { initialFleet } from "@/components/shell/initial-fleet";
import { requireActor } from "@/lib/page-actor";

/** Everything that takes a sign-in. A layout is not rendered for every navigation, so each page asks as well. */
export default async function FleetLayout({ children }: { readonly children: ReactNode }) {
  await requireActor();
  return (
    <FleetProviders fleet={initialFleet()}>
      <AppShell>{children}</AppShell>
    </FleetProviders>
  );
}
