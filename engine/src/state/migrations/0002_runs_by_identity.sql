-- A plan looks for the run of a task with an identity, however many runs the task has had.

DROP INDEX node_runs_by_path;

CREATE INDEX node_runs_by_identity ON node_runs (workflow, node_path, identity);
