/**
 * Flush times from `stats settings`: `oldest` is the age limit that flush_all sets, in seconds on the
 * server's relative clock. From 1.4.18, it starts 60 s before the process (memcached.c, `process_started`; the offsets
 * were measured on 1.4.5 and on 1.4.25 to 1.6.18).
 */
import { isKnownBefore, parseVersion, type ServerVersion } from "@/lib/model/node/server-version";

const CLOCK_HEAD_START_SECONDS = 60;
const HEAD_START_SINCE: ServerVersion = [1, 4, 18];

interface FlushTimes {
  /** About when the last flush_all took effect (±2 s), Unix milliseconds; null: never since the start. */
  readonly lastFlushMs: number | null;
  /** When a delayed flush_all will take effect, Unix milliseconds; null: none is pending. */
  readonly pendingFlushMs: number | null;
}

/**
 * @param oldest `oldest` of `stats settings`; NaN when not reported
 * @param timeSeconds `time` of `stats` of about the same moment, Unix seconds
 * @param uptimeSeconds `uptime` of the same reply
 * @param version of the server; an unknown one counts as new
 */
export function flushTimes(
  oldest: number,
  timeSeconds: number,
  uptimeSeconds: number,
  version: string | null = null,
): FlushTimes {
  if (!(oldest > 0) || Number.isNaN(timeSeconds) || Number.isNaN(uptimeSeconds)) {
    return { lastFlushMs: null, pendingFlushMs: null };
  }
  const headStart = isKnownBefore(parseVersion(version), HEAD_START_SINCE) ? 0 : CLOCK_HEAD_START_SECONDS;
  const serverNow = uptimeSeconds + headStart;
  const pendingSeconds = oldest - serverNow;
  if (pendingSeconds > 0) {
    return { lastFlushMs: null, pendingFlushMs: (timeSeconds + pendingSeconds) * 1000 };
  }
  return { lastFlushMs: (timeSeconds - serverNow + oldest + 1) * 1000, pendingFlushMs: null };
}
