const YEAR_SECONDS = 365 * 24 * 3600;

/**
 * Stores a preference (language, time zone) in a cookie for a year, so that the server renders the next page
 * with it. The Cookie Store API exists in secure contexts only, and a dashboard may be on plain HTTP.
 */
export function savePreference(name: string, value: string): void {
  const cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  Object.assign(document, { cookie });
}
