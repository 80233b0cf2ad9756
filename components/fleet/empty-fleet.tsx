"use client";
import { useTranslations } from "use-intl";
import { CopyButton } from "@/components/ui/copy/button";

const FILE = `pools:
  - name: sessions
    labels: { env: production }
    servers:
      - 10.0.0.11:11211
      - 10.0.0.12:11211
      - unix:/run/memcached/memcached.sock
`;

const ENVIRONMENT = "MEMCACHED_SERVERS=10.0.0.11:11211,10.0.0.12:11211 npm start";

function Example({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="flex items-start gap-1 rounded-lg bg-line-soft py-2 pr-1.5 pl-3">
      <pre className="min-w-0 flex-1 whitespace-pre-wrap break-words font-mono text-xs leading-relaxed">
        {text}
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** How to get started when no node is configured. */
export function EmptyFleet() {
  const t = useTranslations("fleet.empty");
  return (
    <section className="panel mx-auto mt-6 flex max-w-2xl flex-col gap-3 px-5 py-5">
      <h2 className="font-semibold text-xl">{t("title")}</h2>
      <p className="text-muted">{t("intro")}</p>
      <h3 className="mt-1 font-medium">{t("byFile")}</h3>
      <p className="text-muted">{t("byFileMeans")}</p>
      <Example text={FILE} label={t("copyFile")} />
      <h3 className="mt-1 font-medium">{t("byEnvironment")}</h3>
      <Example text={ENVIRONMENT} label={t("copyCommand")} />
      <h3 className="mt-1 font-medium">{t("byDemo")}</h3>
      <p className="text-muted">{t("byDemoMeans")}</p>
      <Example text="npm run demo" label={t("copyCommand")} />
    </section>
  );
}
