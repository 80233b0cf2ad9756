import "server-only";
import { cookies, headers } from "next/headers";
import { compiledMessagesOf } from "./compiled-messages";
import { chooseLocale, chooseTimeZone, LOCALE_COOKIE, type Locale, TIME_ZONE_COOKIE } from "./locale";
import type { Messages } from "./messages";

/** The language of the current request. */
export async function getLocale(): Promise<Locale> {
  const [jar, sent] = await Promise.all([cookies(), headers()]);
  return chooseLocale(jar.get(LOCALE_COOKIE)?.value, sent.get("accept-language"));
}

/** The texts of the request's language, parsed, for titles and the like that the server writes itself. */
export async function requestMessages(): Promise<Messages> {
  return compiledMessagesOf(await getLocale());
}

/** The user's time zone as their browser reported it earlier; UTC on a first visit. */
export async function getTimeZone(): Promise<string> {
  const jar = await cookies();
  return chooseTimeZone(jar.get(TIME_ZONE_COOKIE)?.value);
}
