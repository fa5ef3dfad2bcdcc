-- The last try of each task, where it failed; a run that is stored later takes it away.

CREATE TABLE node_failures (
  workflow TEXT NOT NULL,
  node_path TEXT NOT NULL,
  apply TEXT NOT NULL,
  failed_at INTEGER NOT NULL,
  exit_code INTEGER,
  message TEXT NOT NULL,
  PRIMARY KEY (workflow, node_path)
) STRICT, WITHOUT ROWID;
