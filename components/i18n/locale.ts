/** The supported languages, and how a page's language is selected. */

export const LOCALES = ["en", "ja"] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = "en";

/** The cookie that stores the choice of the language switch. */
export const LOCALE_COOKIE = "memfleet-locale";

/** The cookie that stores the browser's IANA time zone, so that the next page is rendered in it. */
export const TIME_ZONE_COOKIE = "memfleet-time-zone";

export function isLocale(value: string | undefined): value is Locale {
  return (LOCALES as readonly (string | undefined)[]).includes(value);
}

/**
 * The user's language: their own choice if any, else the supported language with the highest weight in
 * `Accept-Language` (RFC 9110, section 12.5.4), else English.
 */
export function chooseLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(chosen)) return chosen;
  const ranges = (acceptLanguage ?? "").split(",").map((range) => {
    const [tag = "", ...parameters] = range.trim().split(";");
    const weight = parameters.find((parameter) => parameter.trim().startsWith("q="));
    return {
      language: tag.trim().toLowerCase().split("-")[0],
      weight: weight === undefined ? 1 : Number(weight.trim().slice(2)) || 0,
    };
  });
  const best = ranges
    .filter((range) => isLocale(range.language) && range.weight > 0)
    .sort((a, b) => b.weight - a.weight)[0];
  return isLocale(best?.language) ? best.language : DEFAULT_LOCALE;
}

/** The time zone of a cookie, when the runtime knows it; else UTC. */
export function chooseTimeZone(cookie: string | undefined): string {
  if (cookie === undefined) return "UTC";
  try {
    return new Intl.DateTimeFormat("en", { timeZone: cookie }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

/** Each language by its own name, so that users find theirs from any language. */
export const LANGUAGE_NAMES = { en: "English", ja: "日本語" } as const;
