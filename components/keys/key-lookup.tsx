"use client";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "@/components/access/use-refusal";
import { Button } from "@/components/ui/button";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useKeyItem } from "@/lib/client/queries/keys";
import { choice, text, useParameters } from "@/lib/client/url-params";
import { KEY_ENCODINGS, type KeyEncoding } from "@/lib/model/actions/action";
import type { Node } from "@/lib/model/node/node.schema";
import { KeyItemView } from "./key-item";

const SetDialog = lazyPanel(() => import("./set-dialog"));

const NAME = { key: text, keyEncoding: choice(KEY_ENCODINGS, "utf8") };

/** The key in the URL, and its item. */
export function KeyLookup({ node }: { readonly node: Node }) {
  const t = useTranslations("keys");
  const [{ key, keyEncoding }, setName] = useParameters(NAME, "push");
  const name = key === "" ? null : { key, keyEncoding };
  const query = useKeyItem(node.id, name);
  const [setting, setSetting] = useState(false);
  const refusal = useRefusal("operator");
  return (
    <Panel
      title={<Hint text={t("lookup.meaning")}>{t("lookup.title")}</Hint>}
      tools={
        refusal === null && (
          <Button onClick={() => setSetting(true)} aria-haspopup="dialog">
            <Plus size={13} aria-hidden="true" />
            {t("set.button")}
          </Button>
        )
      }
    >
      <LookupForm
        key={`${keyEncoding} ${key}`}
        initial={key}
        encoding={keyEncoding}
        onLookup={(wanted, encoding) => {
          if (wanted === key && encoding === keyEncoding) void query.refetch();
          else setName({ key: wanted, keyEncoding: encoding });
        }}
      />
      <div className="mt-3 flex flex-col gap-3" aria-live="polite">
        {query.error !== null && (
          <ErrorNote
            what={t("lookup.reading")}
            node={node.id}
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        )}
        {name !== null && query.isLoading && <Skeleton className="h-40 w-full" />}
        {query.data !== undefined && (
          <KeyItemView node={node} item={query.data} onChanged={() => void query.refetch()} />
        )}
      </div>
      {setting && (
        <SetDialog
          node={node}
          item={query.data?.found ? null : (query.data ?? null)}
          onClose={() => setSetting(false)}
          onStored={(stored) => {
            if (stored.key === key && stored.keyEncoding === keyEncoding) void query.refetch();
            else setName(stored);
          }}
        />
      )}
    </Panel>
  );
}

interface LookupFormProps {
  readonly initial: string;
  readonly encoding: KeyEncoding;
  readonly onLookup: (key: string, encoding: KeyEncoding) => void;
}

function LookupForm({ initial, encoding, onLookup }: LookupFormProps) {
  const t = useTranslations("keys.lookup");
  const [key, setKey] = useState(initial);
  const [chosen, setChosen] = useState(encoding);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key !== "") onLookup(key, chosen);
  };
  return (
    <search>
      <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
        <input
          value={key}
          onChange={(event) => setKey(event.target.value)}
          aria-label={t("key")}
          placeholder={t("keyHint")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={400}
          data-search
          className="control h-8 min-w-0 flex-1 font-mono"
        />
        <select
          aria-label={t("encoding")}
          value={chosen}
          onChange={(event) => setChosen(event.target.value === "base64" ? "base64" : "utf8")}
          className="control h-8"
        >
          <option value="utf8">{t("utf8")}</option>
          <option value="base64">{t("base64")}</option>
        </select>
        <Button type="submit" tone="primary" className="h-8" disabled={key === ""}>
          {t("submit")}
        </Button>
      </form>
    </search>
  );
}
