import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageMessages } from "@/components/i18n/page-messages";
import { getLocale } from "@/components/i18n/request-locale";
import { NodePage } from "@/components/node/page";
import { escapedText } from "@/components/node/stats/escaped-text";
import { statDescriptions } from "@/components/node/stats/stat-descriptions";
import { pageActor, requireActor } from "@/lib/http/page-auth";
import type { Node } from "@/lib/model/node/node.schema";
import { readNodeSegment } from "@/lib/model/node/path-segments";
import { getRuntime } from "@/lib/server/runtime";

interface PageProps {
  /** Percent-encoded, as in the URL. */
  readonly params: Promise<{ readonly node: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  if ((await pageActor()) === null) return {};
  const node = nodeOf((await params).node);
  return { title: node === null ? undefined : escapedText(node.id) };
}

export default async function Page({ params }: PageProps) {
  await requireActor();
  const node = nodeOf((await params).node);
  if (node === null) notFound();
  return (
    <PageMessages namespaces={["keys", "tools", "diagnostics"]}>
      <NodePage key={node.id} initial={node} meanings={statDescriptions(await getLocale())} />
    </PageMessages>
  );
}

/** The configured node of a URL; null when there is none or the URL is malformed. */
function nodeOf(encoded: string): Node | null {
  try {
    return getRuntime().node(readNodeSegment(decodeURIComponent(encoded)));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
