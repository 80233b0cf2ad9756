"use client";
import { Fragment } from "react";
import { useTranslations } from "use-intl";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import type { Node } from "@/lib/model/node/node.schema";
import { EscapedText, escapedText } from "./stats/escaped-text";

/** Says which of several addresses is used, and which other nodes are the same server process. */
export function IdentityNotes({ node }: { readonly node: Node }) {
  const t = useTranslations("node.header");
  const { addressInUse, sameProcessAs = [] } = node;
  const others = addressInUse?.others ?? [];
  return (
    <>
      {addressInUse === undefined || others.length === 0 ? null : (
        <p className="mt-1.5 text-muted text-xs">
          {t("otherAddresses", {
            host: escapedText(node.id),
            count: others.length,
            addresses: others.join(", "),
            ip: addressInUse.ip,
          })}
        </p>
      )}
      {sameProcessAs.length === 0 ? null : (
        <p className="mt-1.5 text-muted text-xs">
          {t.rich("sameProcess", { nodes: () => <NodeLinks ids={sameProcessAs} /> })}
        </p>
      )}
    </>
  );
}

function NodeLinks({ ids }: { readonly ids: readonly string[] }) {
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index === 0 ? null : ", "}
      <ViewLink href={nodePath(id)} className="text-accent hover:underline">
        <EscapedText text={id} />
      </ViewLink>
    </Fragment>
  ));
}
