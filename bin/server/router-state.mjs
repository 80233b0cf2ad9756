// The header `Next-Router-State-Tree` of Next's client router. Next answers 500 to one that it cannot read.

const LONGEST = 40_000;
/** Far deeper than the pages are nested. */
const DEEPEST = 32;
const PARAMETER_TYPES = new Set([
  ...["c", "oc", "d"],
  ...["ci", "di"].flatMap((kind) => ["(.)", "(..)", "(...)", "(..)(..)"].map((level) => `${kind}${level}`)),
]);
const REFRESH_MARKERS = new Set(["refetch", "inside-shared-layout", "metadata-only"]);

/**
 * Whether Next can read the header's value: `[segment, children, refresh?, marker?, flags?, version?]`.
 * @param {string} value
 */
export function isRouterState(value) {
  if (value.length > LONGEST) return false;
  try {
    return isTree(JSON.parse(decodeURIComponent(value)));
  } catch {
    return false;
  }
}

function isTree(value, depth = 0) {
  if (!Array.isArray(value) || value.length < 2 || value.length > 6 || depth > DEEPEST) return false;
  const [segment, children, refresh, marker, flags, version] = value;
  return (
    isSegment(segment) &&
    isMapping(children) &&
    Object.values(children).every((child) => isTree(child, depth + 1)) &&
    (isNothing(refresh) || isTexts(refresh, 2)) &&
    (isNothing(marker) || REFRESH_MARKERS.has(marker)) &&
    (isNothing(flags) || Number.isFinite(flags)) &&
    (version === undefined || typeof version === "string")
  );
}

function isSegment(value) {
  if (typeof value === "string") return true;
  if (!Array.isArray(value) || value.length < 3 || value.length > 4) return false;
  const [name, key, type, siblings = null] = value;
  const texts = typeof name === "string" && typeof key === "string" && PARAMETER_TYPES.has(type);
  return texts && (siblings === null || isTexts(siblings));
}

function isMapping(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value, length = value?.length) {
  return Array.isArray(value) && value.length === length && value.every((text) => typeof text === "string");
}

function isNothing(value) {
  return value === undefined || value === null;
}
