import "server-only";
import type { Locale } from "@/components/i18n/locale";
import { SETTINGS } from "@/lib/catalogue/settings";
import { STATS } from "@/lib/catalogue/stats";

/** memcached's own names among the facts of a node. */
const NAMES = ["limit_maxbytes", "maxconns", "threads", "pid", "libevent", "hash_algorithm", "idle_timeout"];

/**
 * The meanings of some names in one language. The complete catalogue is too large for the first load of a
 * page.
 */
export function statDescriptions(locale: Locale): Readonly<Record<string, string>> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const meaning = SETTINGS.get(name) ?? STATS.find((stat) => stat.name === name);
      return meaning === undefined ? [] : [[name, meaning[locale]]];
    }),
  );
}
