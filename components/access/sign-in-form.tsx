"use client";
import { type FormEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { FormNote } from "@/components/ui/form/form-note";
import { ApiError } from "@/lib/client/api";
import { signIn } from "@/lib/client/queries/session";

type Refused = "wrong" | "tooMany" | "refused" | "unreachable" | "failed";

/** Why the sign-in failed, without revealing whether the user name or the password was wrong. */
export function refusedFor(error: unknown): Refused {
  const status = error instanceof ApiError ? error.status : 500;
  if (status === 0) return "unreachable";
  if (status === 429) return "tooMany";
  if (status === 400 || status === 401) return "wrong";
  return status === 403 || status === 421 ? "refused" : "failed";
}

/** User name and password. `next`: the same-origin path to open afterwards. */
export function SignInForm({ next }: { readonly next: string }) {
  const t = useTranslations("access.signIn");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const password = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setRefused(null);
    try {
      await signIn({ username: String(data.get("username")), password: String(data.get("password")) });
      // A full load: the next pages are rendered for the signed-in user.
      location.assign(next);
    } catch (error) {
      setRefused(refusedFor(error));
      setBusy(false);
      password.current?.select();
      password.current?.focus();
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      <label className="flex flex-col gap-1 font-medium">
        {t("username")}
        <input
          name="username"
          required
          maxLength={250}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          className="control h-9 font-normal"
        />
      </label>
      <label className="flex flex-col gap-1 font-medium">
        {t("password")}
        <input
          ref={password}
          name="password"
          type="password"
          required
          maxLength={1024}
          autoComplete="current-password"
          className="control h-9 font-normal"
        />
      </label>
      {refused !== null && <FormNote tone="crit">{t(refused)}</FormNote>}
      <Button type="submit" tone="primary" disabled={busy} className="h-9 justify-center">
        {t(busy ? "busy" : "submit")}
      </Button>
    </form>
  );
}
