//! Pruning forgets what is of no use, and nothing that is.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::invalidate::{history, plain, reached};
use super::*;

fn kept(state: &State) -> BTreeSet<RunId> {
    let runs = state.list_runs(None).unwrap();
    runs.into_iter().map(|run| run.summary.run_id).collect()
}

/// Records runs of one task and says which of them, counted from 0, are left after pruning.
fn left_after_pruning(runs: usize, change: impl Fn(usize, &mut NewRun)) -> Vec<usize> {
    let place = Place::new();
    let mut state = place.open();
    let ids: Vec<RunId> = (0..runs)
        .map(|index| {
            let mut run = run("a", &[]);
            change(index, &mut run);
            record(&mut state, run)
        })
        .collect();
    let deleted = state.prune("web").unwrap();
    let kept = kept(&state);
    assert_eq!(deleted, runs - kept.len());
    assert_eq!(state.prune("web").unwrap(), 0, "again");
    assert_eq!(state.integrity_problems().unwrap(), Vec::<String>::new());
    (0..runs)
        .filter(|&index| kept.contains(&ids[index]))
        .collect()
}

#[test]
fn usable_runs_stay_up_to_a_number() {
    let all: Vec<usize> = (0..RUNS_FOR_REUSE).collect();
    assert_eq!(left_after_pruning(RUNS_FOR_REUSE, |_, _| ()), all);
    let last: Vec<usize> = (7..RUNS_FOR_REUSE + 7).collect();
    assert_eq!(left_after_pruning(RUNS_FOR_REUSE + 7, |_, _| ()), last);
}

#[test]
fn useless_runs_stay_only_to_be_looked_at() {
    let same_identity = |_: usize, run: &mut NewRun| run.identity = Digest::of(b"same");
    assert_eq!(left_after_pruning(5, same_identity), [0, 1, 2, 3, 4]);
    assert_eq!(left_after_pruning(8, same_identity), [3, 4, 5, 6, 7]);
    let upstream_gone = |_: usize, run: &mut NewRun| run.upstream = vec!["gone".into()];
    assert_eq!(left_after_pruning(7, upstream_gone), [2, 3, 4, 5, 6]);
    let first_two_alike = |index: usize, run: &mut NewRun| {
        if index < 2 {
            run.identity = Digest::of(b"same");
        }
    };
    assert_eq!(
        left_after_pruning(8, first_two_alike),
        [1, 2, 3, 4, 5, 6, 7]
    );
}

#[test]
fn parts_of_a_run_go_with_it() {
    let place = Place::new();
    let mut state = place.open();
    for _ in 0..9 {
        let mut run = run("a", &[&"gone".into()]);
        run.artifacts = vec![StoredArtifact {
            provider_id: "git".to_owned(),
            kind: "tree".to_owned(),
            reference: json!({}),
        }];
        record(&mut state, run);
    }
    assert_eq!(state.prune("api").unwrap(), 0);
    assert_eq!(state.prune("web").unwrap(), 4);
    for (table, expected) in [
        ("node_runs", 5),
        ("identity_components", 10),
        ("run_upstreams", 5),
        ("artifacts", 5),
        ("current_runs", 1),
    ] {
        let count = state.row(&format!("SELECT count(*) FROM {table}"), (), |row| {
            row.get(0)
        });
        assert_eq!(count.unwrap(), Some(expected), "{table}");
    }
}

#[test]
fn the_oldest_go_first() {
    let place = Place::new();
    let mut state = place.open();
    let upstream = RunId::from("gone");
    let ids: Vec<RunId> = (0..12)
        .map(|_| record(&mut state, run("a", &[&upstream])))
        .collect();
    for (expected, left) in [(3, 9), (3, 6), (1, 5), (0, 5)] {
        assert_eq!(state.prune_at_most("web", 3).unwrap(), expected);
        let last: BTreeSet<RunId> = ids[12 - left..].iter().cloned().collect();
        assert_eq!(kept(&state), last);
    }
}

#[test]
fn the_current_run_stays_however_old() {
    let place = Place::new();
    let mut state = place.open();
    let first = record(&mut state, run("a", &[]));
    for _ in 0..RUNS_FOR_REUSE + 3 {
        record(&mut state, run("a", &[]));
    }
    state.make_current(std::slice::from_ref(&first)).unwrap();
    assert_eq!(state.prune("web").unwrap(), 3);
    assert!(kept(&state).contains(&first));
    state.invalidate("web", &["a"], &person(), at(1)).unwrap();
    state.prune("web").unwrap();
    assert_eq!(kept(&state).len(), RUNS_FOR_EXPLAIN + 1);
    assert_eq!(state.current_runs("web").unwrap()["a"].run_id, first);
}

/// Gives the runs that pruning is to keep, by what it promises, looked up run by run.
fn to_be_kept(runs: &[NewRun], invalid: &BTreeSet<RunId>) -> BTreeSet<RunId> {
    let newer = |index: usize| {
        let of_task = move |other: &&NewRun| other.node_path == runs[index].node_path;
        runs[index + 1..].iter().filter(of_task)
    };
    let mut usable: BTreeSet<usize> = (0..runs.len())
        .filter(|&index| !invalid.contains(&runs[index].run_id))
        .filter(|&index| newer(index).all(|other| other.identity != runs[index].identity))
        .filter(|&index| newer(index).count() < RUNS_FOR_REUSE)
        .collect();
    loop {
        let carried: BTreeSet<&RunId> = usable.iter().map(|&index| &runs[index].lineage).collect();
        let rooted = |index: &usize| runs[*index].upstream.iter().all(|id| carried.contains(id));
        let fewer: BTreeSet<usize> = usable.iter().copied().filter(rooted).collect();
        if fewer.len() == usable.len() {
            break;
        }
        usable = fewer;
    }
    (0..runs.len())
        .filter(|index| usable.contains(index) || newer(*index).count() < RUNS_FOR_EXPLAIN)
        .map(|index| runs[index].run_id.clone())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn keeps_what_it_promises(
        plain in prop::collection::vec(plain(3, 90), 1..140),
        roots in prop::collection::btree_set(0..9_usize, 0..2),
    ) {
        let place = Place::new();
        let mut state = place.open();
        let runs = history(&plain);
        for run in &runs {
            state.record_run(run).unwrap();
        }
        let roots: BTreeSet<String> = roots.iter().map(|path| format!("task{path}")).collect();
        let given: Vec<&String> = roots.iter().collect();
        state.invalidate("web", &given, &person(), at(1)).unwrap();
        let expected = to_be_kept(&runs, &reached(&runs, &roots));
        state.prune("web").unwrap();
        prop_assert_eq!(kept(&state), expected);
        let ids: Vec<RunId> = kept(&state).into_iter().collect();
        prop_assert_eq!(state.components(&ids).unwrap().len(), ids.len());
    }
}
