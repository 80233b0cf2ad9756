/** Bounds of one series query, and the number of points of a chart when the caller does not choose. */
export const SERIES_LIMITS = {
  points: 2_000,
  usualPoints: 240,
  nodes: 10_000,
  metrics: 20,
  values: 4_000_000,
} as const;
