"use client";
import Image from "next/image";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy/button";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import type { ShareMade } from "@/lib/model/share.schema";
import { badgeHtml, badgeMarkdown } from "./badge-snippet";

interface CreatedLinkProps {
  readonly made: ShareMade;
  readonly name: string;
  readonly hasPassword: boolean;
  readonly onDone: () => void;
}

/** The link, shown only once, and the snippets of its badge. */
export function CreatedLink({ made, name, hasPassword, onDone }: CreatedLinkProps) {
  const t = useTranslations("share.made");
  const format = useFormat();
  const alt = t("badgeAlt", { label: name });
  return (
    <div className="flex flex-col gap-4">
      <FormNote tone="ok">{t("once")}</FormNote>
      <Copyable label={t("link")} copy={t("copyLink")} text={made.url} focused />
      <p className="text-muted">{t("until", { at: format.instant(made.expiresMs) })}</p>
      {hasPassword ? (
        <p className="text-muted">{t("noBadge")}</p>
      ) : (
        <section className="flex flex-col gap-2.5">
          <h3 className="font-semibold">{t("badge")}</h3>
          <BadgePicture url={made.badgeUrl} alt={alt} />
          <Copyable
            label={t("markdown")}
            copy={t("copyMarkdown")}
            text={badgeMarkdown(alt, made.badgeUrl, made.url)}
          />
          <Copyable label={t("html")} copy={t("copyHtml")} text={badgeHtml(alt, made.badgeUrl, made.url)} />
        </section>
      )}
      <div className="flex justify-end gap-2">
        <a href={made.url} target="_blank" rel="noreferrer" className="control font-medium">
          {t("open")}
        </a>
        <Button tone="primary" onClick={onDone}>
          {t("done")}
        </Button>
      </div>
    </div>
  );
}

/** The badge by its path: the dashboard may be open under another of its addresses than the link's. */
function BadgePicture({ url, alt }: { readonly url: string; readonly alt: string }) {
  return (
    <Image
      src={new URL(url).pathname}
      alt={alt}
      width={240}
      height={20}
      unoptimized
      className="h-5 w-auto self-start"
    />
  );
}

interface CopyableProps {
  readonly label: string;
  readonly copy: string;
  readonly text: string;
  readonly focused?: boolean;
}

function Copyable({ label, copy, text, focused = false }: CopyableProps) {
  return (
    <div>
      <p className="mb-0.5 text-muted text-xs">{label}</p>
      <div className="flex items-center gap-1 rounded-md bg-line-soft py-1 pr-1 pl-2">
        <input
          readOnly
          aria-label={label}
          value={text}
          ref={(element) => {
            if (focused) element?.select();
          }}
          onFocus={(event) => event.target.select()}
          className="min-w-0 flex-1 bg-transparent font-mono text-xs outline-offset-4"
        />
        <CopyButton text={text} label={copy} />
      </div>
    </div>
  );
}
