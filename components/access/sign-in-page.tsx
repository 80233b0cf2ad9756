"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Brand } from "@/components/shell/brand";
import { LanguageSwitch } from "@/components/shell/language-switch";
import { ThemeSwitch } from "@/components/shell/theme/theme-switch";
import { FormNote } from "@/components/ui/form/form-note";
import type { SignInMethods, SignInProblem } from "@/lib/model/access.schema";
import { SignInForm } from "./sign-in-form";

interface SignInPageProps {
  readonly methods: SignInMethods;
  /** A same-origin path. */
  readonly next: string;
  /** Why signing in with the identity provider failed. */
  readonly problem: SignInProblem | null;
}

/** The page for users who are not signed in. */
export function SignInPage({ methods, next, problem }: SignInPageProps) {
  const t = useTranslations("access.signIn");
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center gap-4 px-4 py-10">
      <main className="w-full max-w-[360px]">
        <div className="mb-5 flex justify-center">
          <Brand />
        </div>
        <div className="panel flex flex-col gap-4 p-5 shadow-float">
          <div>
            <h1 className="font-semibold text-xl">{t("title")}</h1>
            <p className="text-muted">{t("lead")}</p>
          </div>
          {problem !== null && <FormNote tone="crit">{t(`problem.${problem}`)}</FormNote>}
          {methods.oidcPath !== null && (
            <a href={oidcAddress(methods.oidcPath, next)} className="control h-9 justify-center font-medium">
              {t("sso")}
            </a>
          )}
          {methods.oidcPath !== null && methods.password && (
            <p className="flex items-center gap-3 text-faint text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
              {t("or")}
            </p>
          )}
          {methods.password && <SignInForm next={next} />}
          {!methods.password && methods.oidcPath === null && (
            <FormNote tone="off">
              {t("open")}{" "}
              <a href="/" className="text-accent underline">
                {t("toFleet")}
              </a>
            </FormNote>
          )}
          {next !== "/" && <p className="text-faint text-xs">{t("returns", { path: readable(next) })}</p>}
        </div>
      </main>
      <div className="flex gap-1">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </div>
  );
}

function oidcAddress(path: string, next: string): string {
  return next === "/" ? path : `${path}?next=${encodeURIComponent(next)}`;
}

const SHOWN = 60;

/** The path for display: decoded where possible, and limited to one line. */
function readable(path: string): string {
  const text = path.split("?")[0] ?? path;
  let shown = text;
  try {
    shown = decodeURIComponent(text);
  } catch {
    // Malformed encoding is shown unchanged.
  }
  shown = escapedText(shown);
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown;
}
