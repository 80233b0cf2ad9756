"use client";
import { type FormEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { FormNote } from "@/components/ui/form/form-note";
import { ApiError } from "@/lib/client/api";
import { unlockShare } from "@/lib/client/queries/shares";
import { SharedFrame } from "./frame";

type Refused = "wrong" | "tooMany" | "unreachable" | "failed";

function refusedFor(error: unknown): Refused {
  const status = error instanceof ApiError ? error.status : 500;
  if (status === 0) return "unreachable";
  if (status === 429) return "tooMany";
  return status >= 400 && status < 500 ? "wrong" : "failed";
}

/** Prompts for the password of a share link. Until then nothing is revealed, not even its label. */
export function SharedLock({ token }: { readonly token: string }) {
  const t = useTranslations("share.lock");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const field = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    setBusy(true);
    setRefused(null);
    try {
      await unlockShare(token, password);
      location.reload();
    } catch (error) {
      // Revoked or expired in the meantime: the reloaded page shows it.
      if (error instanceof ApiError && error.status === 404) return location.reload();
      setRefused(refusedFor(error));
      setBusy(false);
      field.current?.select();
      field.current?.focus();
    }
  };

  return (
    <SharedFrame>
      <form
        onSubmit={(event) => void submit(event)}
        className="panel mx-auto mt-8 flex max-w-[360px] flex-col gap-3 p-5"
      >
        <div>
          <h1 className="font-semibold text-lg">{t("title")}</h1>
          <p className="text-muted">{t("text")}</p>
        </div>
        <label className="flex flex-col gap-1 font-medium">
          {t("password")}
          <input
            ref={field}
            name="password"
            type="password"
            required
            maxLength={1024}
            autoComplete="off"
            className="control h-9 font-normal"
          />
        </label>
        {refused !== null && <FormNote tone="crit">{t(refused)}</FormNote>}
        <Button type="submit" tone="primary" disabled={busy} className="h-9 justify-center">
          {t(busy ? "opening" : "open")}
        </Button>
      </form>
    </SharedFrame>
  );
}
