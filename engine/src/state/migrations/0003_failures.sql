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

CREATE TRIGGER failures_are_forgotten AFTER INSERT ON node_runs BEGIN
  DELETE FROM node_failures WHERE workflow = new.workflow AND node_path = new.node_path;
END;
