//! Invalidation reaches what it should and nothing else.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn descendants_go_with_their_ancestor() {
    let place = Place::new();
    let mut state = place.open();
    let clone = record(&mut state, run("clone", &[]));
    let tools = record(&mut state, run("tools", &[]));
    let install = record(&mut state, run("install", &[&clone, &tools]));
    let build = record(&mut state, run("build", &[&install]));
    let cause = InvalidationCause::Task {
        path: "verify".to_owned(),
    };
    let serial = state.serial().unwrap();
    let done = state.invalidate("web", &["build", "clone"], &cause, at(7_000));
    let paths: Vec<String> = done.unwrap().into_iter().map(|run| run.node_path).collect();
    assert_eq!(paths, ["build", "clone", "install"]);
    assert_eq!(state.serial().unwrap(), serial + 1);

    let runs = state.current_runs("web").unwrap();
    assert_eq!(runs["tools"].invalidated, None);
    assert_eq!(runs["build"].run_id, build);
    for (path, root) in [("build", "build"), ("clone", "clone"), ("install", "clone")] {
        let expected = Invalidation {
            at: at(7_000),
            by: cause.clone(),
            root: root.to_owned(),
        };
        assert_eq!(runs[path].invalidated, Some(expected), "{path}");
    }

    let again = state.invalidate("web", &["clone"], &person(), at(8_000));
    assert_eq!(again.unwrap(), []);
    assert_eq!(state.serial().unwrap(), serial + 1, "nothing changed");
    let late = record(&mut state, run("late", &[&install]));
    let again = state.invalidate("web", &["clone"], &person(), at(9_000));
    let expected = InvalidatedRun {
        run_id: late,
        node_path: "late".to_owned(),
    };
    assert_eq!(again.unwrap(), [expected]);
}

#[test]
fn a_cause_is_plain_json() {
    let invalidation = Invalidation {
        at: at(0),
        by: person(),
        root: "clone".to_owned(),
    };
    let expected = json!({
        "at": "1970-01-01T00:00:00Z",
        "by": { "kind": "person", "name": "mia" },
        "root": "clone"
    });
    assert_eq!(serde_json::to_value(invalidation).unwrap(), expected);
}

/// Describes a run by small numbers, so that they meet often.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    pub(super) path: usize,
    pub(super) identity: u8,
    /// Which of the earlier runs' lineages it names, counted from the first.
    pub(super) upstream: Vec<prop::sample::Index>,
    /// Whether it takes over the lineage of the run of its task before it.
    pub(super) repeats: bool,
}

pub(super) fn plain(paths: usize, identities: u8) -> impl Strategy<Value = Plain> {
    let upstream = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    (0..paths, 0..identities, upstream, prop::bool::weighted(0.3)).prop_map(
        |(path, identity, upstream, repeats)| Plain {
            path,
            identity,
            upstream,
            repeats,
        },
    )
}

/// Makes runs of descriptions; they name only lineages of runs before them.
pub(super) fn history(plain: &[Plain]) -> Vec<NewRun> {
    let mut runs: Vec<NewRun> = Vec::new();
    for description in plain {
        let path = format!("task{}", description.path);
        let upstream: Vec<&RunId> = match runs.len() {
            0 => Vec::new(),
            count => {
                let picked = description.upstream.iter();
                picked
                    .map(|pick| &runs[pick.index(count)].lineage)
                    .collect()
            }
        };
        let mut next = run(&path, &upstream);
        next.identity = Digest::of(&[description.identity]);
        let before = runs.iter().rev().find(|run| run.node_path == path);
        if let Some(before) = before.filter(|_| description.repeats) {
            next.lineage = before.lineage.clone();
        }
        runs.push(next);
    }
    runs
}

/// Gives the runs that invalidating some tasks reaches, by going over all until nothing changes.
pub(super) fn reached(runs: &[NewRun], roots: &BTreeSet<String>) -> BTreeSet<RunId> {
    let mut reached: Vec<&NewRun> = Vec::new();
    loop {
        let more: Vec<&NewRun> = runs
            .iter()
            .filter(|run| !reached.contains(run))
            .filter(|run| {
                roots.contains(&run.node_path)
                    || reached
                        .iter()
                        .any(|other| run.upstream.contains(&other.lineage))
            })
            .collect();
        if more.is_empty() {
            return reached.into_iter().map(|run| run.run_id.clone()).collect();
        }
        reached.extend(more);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn agrees_with_a_plain_search(
        plain in prop::collection::vec(plain(6, 3), 1..30),
        rounds in prop::collection::vec(prop::collection::btree_set(0..7_usize, 1..3), 1..3),
    ) {
        let place = Place::new();
        let mut state = place.open();
        let runs = history(&plain);
        for run in &runs {
            state.record_run(run).unwrap();
        }
        let mut invalid: BTreeSet<RunId> = BTreeSet::new();
        for round in rounds {
            let roots: BTreeSet<String> = round.iter().map(|path| format!("task{path}")).collect();
            let given: Vec<&String> = roots.iter().collect();
            let done = state.invalidate("web", &given, &person(), at(1)).unwrap();
            let ids: BTreeSet<RunId> = done.iter().map(|run| run.run_id.clone()).collect();
            prop_assert_eq!(ids.len(), done.len());
            let expected = &reached(&runs, &roots) - &invalid;
            prop_assert_eq!(&ids, &expected);
            invalid.extend(ids);
        }
        let stored = state.list_runs(None).unwrap();
        let stored = stored.into_iter().filter(|run| run.summary.invalidated.is_some());
        let stored: BTreeSet<RunId> = stored.map(|run| run.summary.run_id).collect();
        prop_assert_eq!(stored, invalid);
    }
}
