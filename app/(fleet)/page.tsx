import { FleetPage } from "@/components/fleet/fleet-page";
import { requireActor } from "@/lib/page-actor";

export default async function Page() {
  await requireActor();
  return <FleetPage pool={null} />;
}
