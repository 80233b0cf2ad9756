import type { Deadlines } from "@/lib/memcached/contract";

/** For connections of the probes' own, which need no answer as soon as polls do. */
export const PROBE_DEADLINES: Deadlines = { connectTimeoutMs: 3_000, timeoutMs: 5_000 };
