"use client";
import { CircleUser, Lock } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/ui/class-names";
import { Menu } from "@/components/ui/overlay/menu";
import { Tooltip } from "@/components/ui/overlay/tooltip";
import { signOut, useWhoami } from "@/lib/client/queries/session";
import type { Whoami } from "@/lib/model/access.schema";

/** The signed-in user and role, signing out, and read-only mode. */
export function UserMenu() {
  const { data: whoami } = useWhoami();
  if (whoami === undefined) return null;
  return (
    <>
      {whoami.readOnly && (
        <Note state="readOnly" icon={<Lock size={13} aria-hidden="true" />} className="text-warn" />
      )}
      {whoami.openAccess ? (
        <Note state="open" icon={<CircleUser size={14} aria-hidden="true" className="shrink-0" />} />
      ) : (
        <SignedIn whoami={whoami} />
      )}
    </>
  );
}

const QUIET = "inline-flex max-w-full items-center gap-1 rounded-md px-1.5 py-0.5 text-muted";

interface NoteProps {
  readonly state: "open" | "readOnly";
  readonly icon: ReactNode;
  readonly className?: string;
}

/** A state of Memfleet, with its reason on hover and focus. */
function Note({ state, icon, className }: NoteProps) {
  const t = useTranslations("access.user");
  return (
    <Tooltip text={t(`${state}Means`)}>
      <button
        type="button"
        aria-label={`${t(state)}. ${t(`${state}Means`)}`}
        className={classNames(QUIET, "cursor-help text-left hover:bg-line-soft", className)}
      >
        {icon}
        <span className="hidden md:inline">{t(state)}</span>
      </button>
    </Tooltip>
  );
}

function SignedIn({ whoami }: { readonly whoami: Whoami }) {
  const t = useTranslations("access.user");
  const [failed, setFailed] = useState(false);
  const { name, role, via } = whoami.actor;
  const text = t("menu", { name, role: t(`roles.${role}`) });
  const shown = (
    <>
      <CircleUser size={14} aria-hidden="true" className="shrink-0" />
      <span className="hidden min-w-0 truncate md:inline">
        <bdi>{name}</bdi> · {t(`roles.${role}`)}
      </span>
    </>
  );
  // A token and a proxy's header have no session that could be ended here.
  if (via !== "password" && via !== "oidc") {
    return (
      <span title={text} className={QUIET}>
        {shown}
      </span>
    );
  }
  const leave = async () => {
    try {
      await signOut();
      // A full load: nothing of the signed-in pages stays in memory.
      location.assign("/sign-in");
    } catch {
      setFailed(true);
    }
  };
  return (
    <>
      <Menu
        tone="quiet"
        className="max-w-full"
        label={text}
        trigger={shown}
        items={[{ label: t("signOut"), description: t("signOutMeans"), onSelect: () => void leave() }]}
      />
      {failed && (
        <span role="alert" className="px-1.5 text-crit text-xs">
          {t("signOutFailed")}
        </span>
      )}
    </>
  );
}
