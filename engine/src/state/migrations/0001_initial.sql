-- The first layout of a state file.
--
-- Times are whole milliseconds since 1970 in UTC. Identifiers are texts that Rigkit
-- made up; `ordinal` says in which order rows were written. Bulky texts are the last
-- column of their table, so that reading the others never touches them.

PRAGMA application_id = 0x52676B74; -- "Rgkt"

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES ('serial', 0);

CREATE TABLE applies (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  who TEXT NOT NULL,
  cached INTEGER NOT NULL DEFAULT 0,
  ran INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  message TEXT,
  CHECK ((finished_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE TABLE node_runs (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  -- What runs after this one name as their upstream: the run's own id, or that of the
  -- earlier run whose output it repeated.
  lineage TEXT NOT NULL,
  apply TEXT NOT NULL,
  workflow TEXT NOT NULL,
  node_path TEXT NOT NULL,
  node_name TEXT NOT NULL,
  identity BLOB NOT NULL CHECK (length(identity) = 32),
  -- The lineages in `run_upstreams` again, as a JSON array in their given order.
  upstream TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  has_artifacts INTEGER NOT NULL,
  invalidated_at INTEGER,
  invalidated_by TEXT,
  invalidated_root TEXT,
  metadata TEXT NOT NULL,
  output TEXT NOT NULL,
  CHECK ((invalidated_at IS NULL) = (invalidated_by IS NULL)),
  CHECK ((invalidated_at IS NULL) = (invalidated_root IS NULL))
) STRICT;

CREATE INDEX node_runs_by_path ON node_runs (workflow, node_path);

-- The latest run of each task, so that a plan reads one row for each, whatever came
-- before.
CREATE TABLE current_runs (
  workflow TEXT NOT NULL,
  node_path TEXT NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (workflow, node_path)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_upstreams (
  upstream TEXT NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (upstream, run)
) STRICT, WITHOUT ROWID;

-- Stands in for foreign keys of these two tables, which would need an index each, and so
-- another page to write for every task that ran.
CREATE TRIGGER node_runs_are_forgotten AFTER DELETE ON node_runs BEGIN
  DELETE FROM run_upstreams
  WHERE run = old.ordinal AND upstream IN (SELECT value FROM json_each(old.upstream));
  DELETE FROM current_runs
  WHERE workflow = old.workflow AND node_path = old.node_path AND run = old.ordinal;
END;

CREATE TABLE identity_components (
  run INTEGER NOT NULL REFERENCES node_runs (ordinal) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  value TEXT,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
  run INTEGER NOT NULL REFERENCES node_runs (ordinal) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  provider_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  reference TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('creating', 'ready')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  made_from TEXT NOT NULL,
  workflow_ctx TEXT NOT NULL,
  ctx TEXT NOT NULL,
  UNIQUE (workflow, name)
) STRICT;

-- Outlives the workspace, so that what was done to it can still be told.
CREATE TABLE workspace_operations (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace TEXT NOT NULL,
  workflow TEXT NOT NULL,
  operation TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  input TEXT NOT NULL,
  result TEXT
) STRICT;

CREATE INDEX workspace_operations_by_workspace ON workspace_operations (workspace);

CREATE TABLE provider_storage (
  provider_id TEXT NOT NULL,
  key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (provider_id, key)
) STRICT, WITHOUT ROWID;
