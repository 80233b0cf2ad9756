import { z } from "zod";
import { httpUrl, requestKeys } from "../headers";
import { duration, mapping, oneOf, wholeNumber } from "./parts";

/* The section `history` of the configuration file as it may be written. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const QUERY_URL =
  "the http or https address below which /api/v1/query answers, such as http://prometheus:9090 or http://vmselect:8481/select/0/prometheus";
const queryUrl = httpUrl(QUERY_URL).transform((url) => url.replace(/[?].*$/, "").replace(/\/+$/, ""));
const WRITE_URL =
  "the http or https address that takes remote write, such as http://prometheus:9090/api/v1/write or http://vminsert:8480/insert/0/prometheus/api/v1/write";

/** Names that tell Memfleet's own series apart. */
const OWN_LABELS = new Set(["instance", "stat", "kind", "text"]);
const LABEL = "a name of letters, digits and underscores other than instance, stat, kind and text";
const VALUE = "a text of 1 to 200 characters; write it in quotes";
const externalLabels = z.record(
  z
    .string()
    .regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, { error: LABEL })
    .refine((name) => !OWN_LABELS.has(name), { error: LABEL }),
  z.string({ error: VALUE }).min(1, { error: VALUE }).max(200, { error: VALUE }),
  { error: (issue) => (issue.code === "invalid_key" ? LABEL : "a mapping of names to texts") },
);

export const historySchema = mapping({
  engine: oneOf(["embedded", "prometheus"]).optional(),
  retention: mapping({
    raw: duration(HOUR, 30 * DAY).optional(),
    rollup: duration(HOUR, 1_830 * DAY).optional(),
  }).optional(),
  prometheus: mapping({
    queryUrl: queryUrl.optional(),
    writeUrl: httpUrl(WRITE_URL).optional(),
    ...requestKeys,
    timeout: duration(100, 120_000).optional(),
    buffer: mapping({
      time: duration(60_000, 24 * HOUR).optional(),
      megabytes: wholeNumber(1, 4_096).optional(),
    }).optional(),
    externalLabels: externalLabels.optional(),
  }).optional(),
});
export type HistoryFileSettings = z.output<typeof historySchema>;
