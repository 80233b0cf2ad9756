import { FleetPage } from "@/components/fleet/fleet-page";
import { requireActor } from "@/lib/http/page-auth";

export default async function Page() {
  await requireActor();
  return <FleetPage pool={null} />;
}
