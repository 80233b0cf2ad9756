import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { FleetProviders } from "@/components/shell/fleet-providers";
import { initialFleet } from "./initial-fleet";
import { pageWhoami } from "./page-whoami";

/**
 * The pages that require sign-in. A layout is not rendered for every navigation, so each page checks as well.
 */
export default async function FleetLayout({ children }: { readonly children: ReactNode }) {
  const whoami = await pageWhoami();
  return (
    <FleetProviders fleet={initialFleet()} whoami={whoami}>
      <AppShell>{children}</AppShell>
    </FleetProviders>
  );
}
