import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ComparePage } from "@/components/compare/compare-page";
import { requestMessages } from "@/components/i18n/request-locale";
import { worthComparing } from "@/lib/metrics/compare-with";
import { requireActor } from "@/lib/page-actor";
import { getRuntime } from "@/lib/runtime";

interface PageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).shell.compare };
}

export default async function Page({ searchParams }: PageProps) {
  await requireActor();
  const withPool = addressWithPool(await searchParams);
  if (withPool !== null) redirect(withPool);
  return <ComparePage />;
}

/** `with=pool` names a node's neighbours without the page before having known them. Null without it. */
function addressWithPool(search: Awaited<PageProps["searchParams"]>): string | null {
  const { with: wanted, node, ...others } = search;
  if (wanted === undefined) return null;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(others)) {
    for (const each of [value ?? []].flat()) query.append(name, each);
  }
  for (const id of [node ?? []].flat()) query.append("node", id);
  const first = query.get("node");
  const view = first === null ? null : getRuntime().node(first);
  if (view !== null) {
    const pool = getRuntime().members(view.pool);
    for (const id of worthComparing(
      view.id,
      pool.map((member) => member.view),
    )) {
      query.append("node", id);
    }
  }
  return `/compare?${query}`;
}
