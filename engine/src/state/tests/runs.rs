//! Storing runs and reading them back.

use rusqlite::{Connection, StatementStatus};

use super::*;
use crate::state::read_runs::newest_run_sql;

fn full_run() -> NewRun {
    let mut full = run("base.install", &[&"lineage-2".into(), &"lineage-1".into()]);
    full.lineage = "lineage-0".into();
    full.created_at = at(1_700_000_000_123);
    full.duration_ms = 4_321;
    full.components = vec![component("path", None), component("config", Some("{}"))];
    full.metadata = object(json!({ "note": ["ü", null] }));
    full.artifacts = ["b", "a"]
        .map(|kind| StoredArtifact {
            provider_id: "git".to_owned(),
            kind: kind.to_owned(),
            reference: json!({ "kind": kind, "z": 1, "a": 2 }),
        })
        .to_vec();
    full
}

#[test]
fn a_run_comes_back_as_it_was() {
    let place = Place::new();
    let mut state = place.open();
    let full = full_run();
    state.record_run(&full).unwrap();
    let summary = RunSummary {
        run_id: full.run_id.clone(),
        lineage: full.lineage.clone(),
        identity: full.identity,
        upstream: full.upstream.clone(),
        created_at: full.created_at,
        duration_ms: full.duration_ms,
        invalidated: None,
        has_artifacts: true,
        output: StoredOutput::Context,
    };
    let current = state.current_runs("web").unwrap();
    assert_eq!(
        current,
        [("base.install".to_owned(), summary.clone())].into()
    );
    let expected = RunRecord {
        summary: RunSummary {
            output: StoredOutput::Unread,
            ..summary
        },
        apply_id: full.apply_id.clone(),
        workflow: "web".to_owned(),
        node_path: "base.install".to_owned(),
        node_name: "install".to_owned(),
        current: true,
        metadata: full.metadata.clone(),
    };
    assert_eq!(
        state.list_runs(None).unwrap(),
        std::slice::from_ref(&expected)
    );
    assert_eq!(state.runs_of("web", "base.install", 9).unwrap(), [expected]);

    let ids = [full.run_id.clone(), "unknown".into(), full.run_id.clone()];
    let outputs = state.outputs(&ids).unwrap();
    assert_eq!(outputs, [(full.run_id.clone(), full.output)].into());
    let artifacts = state.artifacts(&ids).unwrap();
    assert_eq!(artifacts, [(full.run_id.clone(), full.artifacts)].into());
    let mut sorted = full.components;
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    let components = state.components(&ids).unwrap();
    assert_eq!(components, [(full.run_id, sorted)].into());
}

#[test]
fn workflows_are_apart() {
    let place = Place::new();
    let mut state = place.open();
    record(&mut state, run("a", &[]));
    let mut other = run("a", &[]);
    other.workflow = "api".to_owned();
    let other = record(&mut state, other);
    assert_eq!(state.current_runs("web").unwrap().len(), 1);
    assert_eq!(state.current_runs("api").unwrap()["a"].run_id, other);
    assert_eq!(state.current_runs("none").unwrap().len(), 0);
    let all = state.all_current_runs().unwrap();
    assert_eq!(all.len(), 2);
    for workflow in ["web", "api"] {
        let alone = state.current_runs(workflow).unwrap();
        assert_eq!(all[workflow]["a"].run_id, alone["a"].run_id);
    }
    let listed = |workflow| state.list_runs(workflow).unwrap().len();
    assert_eq!(
        [listed(None), listed(Some("api")), listed(Some("x"))],
        [2, 1, 0]
    );
    assert_eq!(state.clear(Some("api")).unwrap(), 1);
    assert_eq!(state.current_runs("api").unwrap().len(), 0);
    assert_eq!(state.current_runs("web").unwrap().len(), 1);
    assert_eq!(state.clear(None).unwrap(), 1);
    for table in [
        "node_runs",
        "identity_components",
        "run_upstreams",
        "current_runs",
    ] {
        let count = state.row(&format!("SELECT count(*) FROM {table}"), (), |row| {
            row.get(0)
        });
        assert_eq!(count.unwrap(), Some(0), "{table}");
    }
}

#[test]
fn earlier_runs_are_found_by_their_identity() {
    let place = Place::new();
    let mut state = place.open();
    let mut labels = Vec::new();
    for (label, path, identity) in [
        ("a1", "a", "x"),
        ("a2", "a", "y"),
        ("a3", "a", "z"),
        ("a4", "a", "y"),
        ("a5", "a", "w"),
        ("b1", "b", "x"),
    ] {
        let mut run = run(path, &[]);
        run.identity = Digest::of(identity.as_bytes());
        labels.push((label, record(&mut state, run)));
    }
    let newest = |state: &State, workflow: &str, path: &str, identity: &str| {
        let identity = Digest::of(identity.as_bytes());
        let run = state.newest_run(workflow, path, &identity).unwrap()?;
        let label = labels.iter().find(|(_, id)| *id == run.run_id);
        Some((label.unwrap().0, run.invalidated.is_some()))
    };
    for (path, identity, expected) in [
        ("a", "x", Some("a1")),
        ("a", "y", Some("a4")),
        ("a", "w", Some("a5")),
        ("a", "v", None),
        ("b", "x", Some("b1")),
        ("b", "y", None),
    ] {
        let expected = expected.map(|label| (label, false));
        assert_eq!(newest(&state, "web", path, identity), expected);
        assert_eq!(newest(&state, "api", path, identity), None);
    }

    let a3 = labels[2].1.clone();
    state.make_current(&[a3.clone(), "unknown".into()]).unwrap();
    assert_eq!(state.current_runs("web").unwrap()["a"].run_id, a3);
    let serial = state.serial().unwrap();
    state.make_current(&[a3]).unwrap();
    assert_eq!(state.serial().unwrap(), serial, "nothing changed");

    let history = state.runs_of("web", "a", 3).unwrap();
    let history: Vec<_> = history
        .iter()
        .map(|run| (&run.summary.run_id, run.current))
        .collect();
    assert_eq!(
        history,
        [
            (&labels[4].1, false),
            (&labels[3].1, false),
            (&labels[2].1, true)
        ]
    );

    state
        .invalidate("web", &["a"], &person(), at(5_000))
        .unwrap();
    assert_eq!(newest(&state, "web", "a", "y"), Some(("a4", true)));
}

#[test]
fn a_run_is_found_by_its_identity_whatever_the_history() {
    let place = Place::new();
    let mut state = place.open();
    let wanted = run("a", &[]);
    let identity = wanted.identity;
    record(&mut state, wanted);
    let steps = |state: &State| {
        let work = |connection: &Connection| {
            let mut statement = connection.prepare(&newest_run_sql())?;
            let found = statement.query_row(("web", "a", identity), |_row| Ok(()));
            found?;
            Ok(statement.get_status(StatementStatus::VmStep))
        };
        state.read(work).unwrap()
    };
    let with_one = steps(&state);
    for index in 0..300 {
        record(&mut state, run(if index % 3 == 0 { "b" } else { "a" }, &[]));
    }
    assert_eq!(steps(&state), with_one);
    let explained = format!("EXPLAIN QUERY PLAN {}", newest_run_sql());
    let plan: Vec<String> = state
        .rows(&explained, ("web", "a", identity), |row| row.get(3))
        .unwrap();
    assert_eq!(
        plan,
        ["SEARCH r USING INDEX node_runs_by_identity (workflow=? AND node_path=? AND identity=?)"]
    );
}

#[test]
fn an_output_may_hold_anything() {
    let place = Place::new();
    let mut state = place.open();
    for output in ["null", "\"\\u0000\"", "\"\u{0}\"", "\"💾\"", "[1e400]"] {
        let mut run = run("a", &[]);
        run.output = output.to_owned();
        let id = record(&mut state, run);
        let outputs = state.outputs(std::slice::from_ref(&id)).unwrap();
        assert_eq!(outputs[&id], output);
    }
}
