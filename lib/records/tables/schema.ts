/**
 * Tables of what must survive: the audit, sessions and shares, actions and the state of their nodes, findings.
 * Secrets are stored as hashes only. An audit row is never changed: its outcome is a separate row, so a crash leaves
 * an intention without one.
 */
import type { Migration } from "@/lib/store/database";

export const RECORD_MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL,
    kind TEXT NOT NULL, target TEXT NOT NULL, input TEXT NOT NULL, idempotency TEXT,
    UNIQUE (actor, idempotency)
  );
  CREATE TABLE audit_outcome (
    audit INTEGER PRIMARY KEY REFERENCES audit (id), at INTEGER NOT NULL, outcome TEXT NOT NULL,
    detail TEXT NOT NULL
  );
  CREATE TABLE session (
    hash TEXT PRIMARY KEY, actor TEXT NOT NULL, role TEXT NOT NULL, via TEXT NOT NULL,
    credential TEXT NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL
  );
  CREATE INDEX session_created ON session (created);
  CREATE TABLE share (
    id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, password TEXT, snapshot TEXT,
    created_by TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
    used INTEGER, uses INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX share_expires ON share (expires);
  `,
  `
  CREATE TABLE audit_node (
    node TEXT NOT NULL, audit INTEGER NOT NULL REFERENCES audit (id), PRIMARY KEY (node, audit)
  ) WITHOUT ROWID;
  CREATE TABLE action (
    audit INTEGER PRIMARY KEY REFERENCES audit (id), pool TEXT, digest TEXT NOT NULL, state TEXT NOT NULL,
    detail TEXT, ended INTEGER, watched INTEGER
  );
  CREATE INDEX action_state ON action (state, audit);
  CREATE TABLE action_target (
    action INTEGER NOT NULL REFERENCES action (audit), place INTEGER NOT NULL, node TEXT NOT NULL,
    state TEXT NOT NULL, detail TEXT, due INTEGER, sent INTEGER, figures_before TEXT, figures_after TEXT,
    tried TEXT, PRIMARY KEY (action, place)
  ) WITHOUT ROWID;
  CREATE TABLE flush_origin (
    node TEXT PRIMARY KEY, started INTEGER NOT NULL, cmd_flush INTEGER NOT NULL, origins TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE finding (
    node TEXT NOT NULL, probe TEXT NOT NULL, name TEXT NOT NULL, verdict TEXT NOT NULL, severity TEXT NOT NULL,
    title TEXT NOT NULL, figures TEXT NOT NULL, evidence TEXT NOT NULL, remedy TEXT NOT NULL, at INTEGER NOT NULL,
    probed_from TEXT NOT NULL, version TEXT NOT NULL, previous TEXT,
    PRIMARY KEY (node, probe, name)
  ) WITHOUT ROWID;
  CREATE TABLE patched (
    node TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (node, name)
  ) WITHOUT ROWID;
  `,
  // Lists do not read the large details, which have a table of their own. `counted` is the severity, but `ok` for a
  // finding that is marked as patched; lists are read in its order. Existing details stay uncompressed text.
  `
  CREATE TABLE finding_words (id INTEGER PRIMARY KEY, probe TEXT NOT NULL, words BLOB NOT NULL);
  CREATE TABLE finding_detail (
    node TEXT NOT NULL, probe TEXT NOT NULL, words INTEGER REFERENCES finding_words (id), detail BLOB NOT NULL,
    PRIMARY KEY (node, probe)
  );
  INSERT INTO finding_detail (node, probe, words, detail)
    SELECT node, probe, NULL, group_concat(
      json_quote(name) || char(10) || evidence || char(10) || remedy || char(10) ||
      coalesce(json_quote(json_extract(previous, '$.title')), 'null') || char(10) ||
      coalesce(json_extract(previous, '$.evidence'), 'null'), char(10))
    FROM finding GROUP BY node, probe;
  CREATE TABLE finding_kept (
    node TEXT NOT NULL, probe TEXT NOT NULL, name TEXT NOT NULL, verdict TEXT NOT NULL, severity TEXT NOT NULL,
    counted TEXT NOT NULL, title TEXT NOT NULL, figures TEXT NOT NULL, at INTEGER NOT NULL,
    probed_from TEXT NOT NULL, version TEXT NOT NULL,
    previous_verdict TEXT, previous_severity TEXT, previous_at INTEGER,
    PRIMARY KEY (node, probe, name)
  ) WITHOUT ROWID;
  INSERT INTO finding_kept
    SELECT finding.node, probe, finding.name, verdict, severity, iif(patched.at IS NULL, severity, 'ok'), title,
      figures, finding.at, probed_from, finding.version, json_extract(previous, '$.verdict'),
      json_extract(previous, '$.severity'), json_extract(previous, '$.atMs')
    FROM finding LEFT JOIN patched ON patched.node = finding.node AND patched.name = finding.name
      AND patched.version = finding.version AND finding.verdict IN ('fail', 'unknown');
  DROP TABLE finding;
  ALTER TABLE finding_kept RENAME TO finding;
  CREATE INDEX finding_worst ON finding (counted, probe, name, node);
  `,
  // People are told apart by how they signed in and who they are there, not by their name. Rows of earlier versions
  // have the name alone: their shares are revoked by an admin, and sessions with a provider end.
  `
  ALTER TABLE audit ADD COLUMN identity TEXT NOT NULL DEFAULT '';
  ALTER TABLE audit ADD COLUMN request TEXT;
  UPDATE audit SET request = idempotency WHERE idempotency IS NOT NULL;
  CREATE UNIQUE INDEX audit_request ON audit (request, identity, actor);
  ALTER TABLE share ADD COLUMN creator TEXT NOT NULL DEFAULT '';
  ALTER TABLE session ADD COLUMN subject TEXT;
  DELETE FROM session WHERE via = 'oidc';
  `,
];
