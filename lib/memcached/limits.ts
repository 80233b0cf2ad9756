/** Longest line of a reply, in bytes without its line end. The longest real one is a path in `stats settings`. */
export const MAX_LINE_BYTES = 8_192;

/** Longest reply to a `stats` command, in bytes. 1,000 connections in `stats conns` take about 150 kB. */
export const MAX_REPLY_BYTES = 1_048_576;

/** Most lines of a general `stats` reply. Real ones have up to about 130. */
export const MAX_GENERAL_LINES = 2_000;

/** Longest reply to `stats conns` of which only the listeners are kept, in bytes: that of about 100,000 connections. */
export const MAX_CONNS_BYTES = 16_777_216;

/** Most listeners kept of `stats conns`. */
export const MAX_LISTENERS = 4_096;
