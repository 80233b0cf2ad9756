import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { FleetPage } from "@/components/fleet/fleet-page";
import { PageMessages } from "@/components/i18n/page-messages";
import { requireActor } from "@/lib/http/page-auth";
import { getRuntime } from "@/lib/server/runtime";

interface PageProps {
  readonly params: Promise<{ readonly pool: string }>;
}

/** The pool's name; the parameter is percent-encoded. Null when it is not valid encoding. */
async function poolName({ params }: PageProps): Promise<string | null> {
  try {
    return decodeURIComponent((await params).pool);
  } catch {
    return null;
  }
}

export async function generateMetadata(props: PageProps): Promise<Metadata> {
  return { title: (await poolName(props)) ?? undefined };
}

export default async function Page(props: PageProps) {
  await requireActor();
  const pool = await poolName(props);
  if (pool === null || !getRuntime().configuration.pools.some(({ name }) => name === pool)) notFound();
  return (
    <PageMessages namespaces={["compare"]}>
      <FleetPage pool={pool} />
    </PageMessages>
  );
}
