"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";

const METHODS = ["password", "oidc", "proxy", "token"] as const;

interface PersonProps {
  readonly name: string;
  /** As the API gives it; empty when it is not known. */
  readonly identity: string;
}

/** A name, and how that person signed in: two people may have the same name. */
export function Person({ name, identity }: PersonProps) {
  const t = useTranslations("access.via");
  const method = METHODS.find((known) => identity.startsWith(`${known}:`));
  return (
    <span title={method === undefined ? undefined : identity}>
      <EscapedText text={name} />
      {method !== undefined && <span className="text-faint"> · {t(method)}</span>}
    </span>
  );
}
