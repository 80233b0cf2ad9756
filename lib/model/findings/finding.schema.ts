/** Diagnostics: requests, and findings in responses. */
import { z } from "zod";
import { DIAGNOSTIC_STATES, PROBES, REMEDY_KINDS, SEVERITIES, UDP_PAYLOADS, VERDICTS } from "./finding";

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(", ")}` });
}

const nodeId = z.string({ error: "a node's id" }).min(1).max(250);

/** `POST /api/v1/diagnostics`. Configured nodes only; there is no way to name another address. */
export const diagnoseInputSchema = z
  .strictObject({
    nodes: z
      .array(nodeId, { error: "a list of node ids" })
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: "without nodes and pool: the entire fleet" }),
    pool: z.string({ error: "a pool's name" }).min(1).max(100).optional(),
    probes: z.array(oneOf(PROBES), { error: "a list of probes" }).min(1).max(PROBES.length).optional(),
    udpPayload: oneOf(UDP_PAYLOADS).default("version"),
  })
  .refine(({ nodes, pool }) => nodes === undefined || pool === undefined, {
    error: "nodes or pool, not both",
    path: ["nodes"],
  });
export type DiagnoseInput = z.input<typeof diagnoseInputSchema>;
export type DiagnoseRequest = z.output<typeof diagnoseInputSchema>;

/**
 * Observations by name: numbers (the name gives the unit: bytes, milliseconds, seconds, counts), texts, lists of texts.
 * `transcript` holds the bytes sent and received, escaped, at most 16 kB. Values of a hostile node are data.
 */
export const evidenceSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
);
export type Evidence = z.infer<typeof evidenceSchema>;

export const remedySchema = z.object({
  for: z.enum(REMEDY_KINDS),
  title: z.string().meta({ description: "English" }),
  text: z
    .string()
    .meta({ description: "English prose, or commands or a file's content that Memfleet never runs" }),
  ja: z
    .object({
      title: z.string(),
      text: z.string().optional().meta({ description: "prose only; commands and files are the same" }),
    })
    .optional()
    .meta({ description: "the same in Japanese; missing from findings stored by older versions" }),
});
export type Remedy = z.infer<typeof remedySchema>;

/** The result of the previous check, so that a new run shows both. */
const previousSchema = z.object({
  verdict: z.enum(VERDICTS),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  evidence: evidenceSchema,
  atMs: z.number(),
});

export const findingSchema = z.object({
  node: z.string(),
  pool: z.string(),
  probe: z.enum(PROBES),
  check: z.string().meta({ description: "stable name of what was checked, e.g. udp-answers" }),
  verdict: z.enum(VERDICTS),
  severity: z.enum(SEVERITIES),
  title: z.string().meta({ description: "one English sentence, based only on what was observed" }),
  /** Values of the translated sentence of the same check; the page falls back to `title`. */
  figures: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  evidence: evidenceSchema,
  remedy: z.array(remedySchema),
  atMs: z.number(),
  probedFrom: z.string().meta({ description: "host name and local address that the probe ran from" }),
  patched: z
    .object({ by: z.string(), atMs: z.number(), note: z.string() })
    .nullable()
    .meta({ description: "set when an admin marked this build as patched" }),
  previous: previousSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** With evidence, for reports. */
export const reportedFindingSchema = findingSchema.omit({ remedy: true });
export type ReportedFinding = z.infer<typeof reportedFindingSchema>;

/** For lists: without the large fields. */
export const briefFindingSchema = findingSchema.omit({ remedy: true, evidence: true }).extend({
  previous: previousSchema.omit({ title: true, evidence: true }).nullable(),
});
export type BriefFinding = z.infer<typeof briefFindingSchema>;

/** Of the selected nodes, whatever the severity. */
const summary = {
  atMs: z.number(),
  totals: z
    .object({ critical: z.number(), warning: z.number(), info: z.number(), ok: z.number() })
    .meta({ description: "of these nodes and this probe; other filters don't change them" }),
  undiagnosed: z.number().meta({ description: "nodes never diagnosed" }),
  nextCursor: z.string().nullable(),
};

function findingsOf<Schema extends z.ZodType>(finding: Schema) {
  return z.object({ ...summary, findings: z.array(finding).meta({ description: "worst first" }) });
}

export const findingsSchema = findingsOf(findingSchema);
export type Findings = z.infer<typeof findingsSchema>;
export const reportedFindingsSchema = findingsOf(reportedFindingSchema);
export type ReportedFindings = z.infer<typeof reportedFindingsSchema>;
export const briefFindingsSchema = findingsOf(briefFindingSchema);
export type BriefFindings = z.infer<typeof briefFindingsSchema>;

/** The result of one probe on one node: the worst of its checks. */
const severityMatrixCellSchema = z.object({
  severity: z.enum(SEVERITIES),
  count: z.number().meta({ description: "findings of that severity" }),
  unknown: z.boolean().meta({ description: "no check could be evaluated" }),
});
export type SeverityMatrixCell = z.infer<typeof severityMatrixCellSchema>;

const severityMatrixRowSchema = z.object({
  node: z.string(),
  pool: z.string(),
  worst: z.enum(SEVERITIES),
  open: z.number().meta({ description: "findings worse than ok" }),
  probes: z.partialRecord(z.enum(PROBES), severityMatrixCellSchema).meta({ description: "probes that ran" }),
});
export type SeverityMatrixRow = z.infer<typeof severityMatrixRowSchema>;

export const severityMatrixSchema = z.object({
  ...summary,
  diagnosed: z.number().meta({ description: "diagnosed nodes, on this page or not" }),
  nodes: z.array(severityMatrixRowSchema).meta({ description: "worst first" }),
});
export type SeverityMatrixPage = z.infer<typeof severityMatrixSchema>;

export const progressSchema = z.object({
  id: z.string(),
  state: z.enum(DIAGNOSTIC_STATES),
  actor: z.string(),
  probes: z.array(z.enum(PROBES)),
  nodes: z.number(),
  total: z.number().meta({ description: "probes to run, over all nodes" }),
  done: z.number(),
  nodesDone: z
    .partialRecord(z.enum(PROBES), z.number())
    .meta({ description: "nodes that each probe has finished" }),
  startedMs: z.number(),
  endedMs: z.number().nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

export const diagnosticSchema = progressSchema.extend({
  findings: z.array(findingSchema).meta({ description: "findings so far, worst first, at most 1000" }),
});
export type Diagnostic = z.infer<typeof diagnosticSchema>;

export const patchedInputSchema = z.strictObject({
  node: nodeId,
  check: z.string({ error: "the check of an advisory" }).min(1).max(200),
  patched: z.boolean({ error: "true or false" }),
  note: z.string({ error: "a text of at most 500 characters" }).max(500).default(""),
});
export type PatchedInput = z.output<typeof patchedInputSchema>;
