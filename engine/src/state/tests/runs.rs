//! Storing runs and reading them back.

use super::*;

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
    };
    let current = state.current_runs("web").unwrap();
    assert_eq!(
        current,
        [("base.install".to_owned(), summary.clone())].into()
    );
    let expected = RunRecord {
        summary,
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

/// Gives each task's earlier runs that may be used again, as the labels they were given.
fn older(state: &State, labels: &[(&str, RunId)]) -> Vec<String> {
    let runs = state.older_reusable_runs("web").unwrap();
    let mut found: Vec<String> = runs
        .iter()
        .map(|(path, runs)| {
            let label = |run: &RunSummary| {
                let found = labels.iter().find(|(_, id)| *id == run.run_id);
                found.unwrap().0
            };
            let runs: Vec<&str> = runs.iter().map(label).collect();
            format!("{path}: {}", runs.join(" "))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn earlier_runs_can_be_used_again() {
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
    assert_eq!(older(&state, &labels), ["a: a4 a3 a1"]);

    let a3 = labels[2].1.clone();
    state.make_current(&[a3.clone(), "unknown".into()]).unwrap();
    assert_eq!(state.current_runs("web").unwrap()["a"].run_id, a3);
    assert_eq!(older(&state, &labels), ["a: a5 a4 a1"]);
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
    assert_eq!(older(&state, &labels), Vec::<String>::new());
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
