import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/lib/model/time";
import { duration, mapping, oneOf, wholeNumber } from "./parts";
import { httpUrl, requestKeys } from "./request";

/* Schema of the section `history` of the configuration file. */

const QUERY_URL =
  "the http or https base address of the query API (/api/v1/query), such as http://prometheus:9090 or http://vmselect:8481/select/0/prometheus";
const queryUrl = httpUrl(QUERY_URL).transform((url) => url.replace(/[?].*$/, "").replace(/\/+$/, ""));
const WRITE_URL =
  "the http or https address for remote write, such as http://prometheus:9090/api/v1/write or http://vminsert:8480/insert/0/prometheus/api/v1/write";

/** Labels of Memfleet's own series. */
const RESERVED_LABELS = new Set(["instance", "stat", "kind", "text"]);
const LABEL = "a name of letters, digits and underscores other than instance, stat, kind and text";
const VALUE = "text of 1 to 200 characters; put it in quotes";
const externalLabels = z.record(
  z
    .string()
    .regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/, { error: LABEL })
    .refine((name) => !RESERVED_LABELS.has(name), { error: LABEL }),
  z.string({ error: VALUE }).min(1, { error: VALUE }).max(200, { error: VALUE }),
  { error: (issue) => (issue.code === "invalid_key" ? LABEL : "a mapping of names to text") },
);

export const historySchema = mapping({
  engine: oneOf(["embedded", "prometheus"]).optional(),
  retention: mapping({
    raw: duration(HOUR_MS, 30 * DAY_MS).optional(),
    rollup: duration(HOUR_MS, 1_830 * DAY_MS).optional(),
  }).optional(),
  prometheus: mapping({
    queryUrl: queryUrl.optional(),
    writeUrl: httpUrl(WRITE_URL).optional(),
    ...requestKeys,
    timeout: duration(100, 120_000).optional(),
    buffer: mapping({
      time: duration(MINUTE_MS, DAY_MS).optional(),
      megabytes: wholeNumber(1, 4_096).optional(),
    }).optional(),
    externalLabels: externalLabels.optional(),
  }).optional(),
});
export type HistoryFileSettings = z.output<typeof historySchema>;
