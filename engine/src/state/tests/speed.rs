//! Measures what the state costs: `cargo test --release -p rigkit-engine speed -- --ignored --nocapture`.

use std::io::Write;
use std::time::{Duration, Instant};

use super::*;

const TASKS: usize = 1_000;
const OLDER_RUNS: usize = 100_000;

fn typical_run(index: usize, round: usize, upstream: Option<&RunId>) -> NewRun {
    let mut run = run(&format!("base.task{index:05}"), &[]);
    run.upstream = upstream.into_iter().cloned().collect();
    run.identity = Digest::of(&[index.to_le_bytes(), round.to_le_bytes()].concat());
    let names = [
        "format",
        "path",
        "version",
        "handler",
        "config",
        "output",
        "providers",
        "upstream",
    ];
    run.components = names
        .map(|name| component(name, Some("a printable value of usual length")))
        .to_vec();
    run.output =
        json!({ "root": "/srv/project", "task": index, "text": "x".repeat(100) }).to_string();
    run
}

/// Applies a chain of tasks once and says how long each took to store, in microseconds.
fn apply(state: &mut State, tasks: usize, round: usize) -> Vec<f64> {
    let mut before: Option<RunId> = None;
    (0..tasks)
        .map(|index| {
            let run = typical_run(index, round, before.as_ref());
            let begin = Instant::now();
            state.record_run(&run).unwrap();
            let took = begin.elapsed();
            before = Some(run.run_id);
            took.as_secs_f64() * 1e6
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let result = work();
    (result, begin.elapsed())
}

fn report(text: &str) {
    std::io::stdout()
        .write_all(format!("{text}\n").as_bytes())
        .unwrap();
}

/// Measures what a plan reads, in milliseconds: opening, summaries, outputs.
fn measure_plan(place: &Place, label: &str) {
    let mut parts: [Vec<f64>; 4] = Default::default();
    for _ in 0..31 {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let (reader, opening) = timed(|| place.read().unwrap());
        let (runs, current) = timed(|| reader.current_runs("web").unwrap());
        assert_eq!(runs.len(), TASKS);
        let ids: Vec<RunId> = runs.into_values().map(|run| run.run_id).collect();
        let (outputs, reading) = timed(|| reader.outputs(&ids).unwrap());
        assert_eq!(outputs.len(), TASKS);
        let ((), closing) = timed(|| drop(reader));
        for (part, time) in parts.iter_mut().zip([opening, current, reading, closing]) {
            part.push(milliseconds(time));
        }
    }
    let [open, current, outputs, close] = parts.map(median);
    report(&format!(
        "{label}: open {open:.3} ms, current_runs {current:.3} ms, outputs {outputs:.3} ms, close {close:.3} ms"
    ));
}

fn measure_apply(state: &mut State, round: usize, label: &str) {
    let (times, all) = timed(|| apply(state, TASKS, round));
    let mean = times.iter().sum::<f64>() / 1_000.0;
    let worst = times.iter().copied().fold(0.0, f64::max);
    let median = median(times);
    let ((), checkpoint) = timed(|| state.checkpoint().unwrap());
    report(&format!(
        "{label}: record_run median {median:.0} µs, mean {mean:.0} µs, worst {worst:.0} µs, all {all:.1?}, checkpoint {checkpoint:.1?}"
    ));
}

#[test]
#[ignore = "measures, and takes a while"]
fn costs() {
    let place = Place::new();
    let mut state = place.open();
    measure_apply(&mut state, 0, "new state");
    measure_plan(&place, "plan of 1,000 tasks");
    let (pruned, took) = timed(|| state.prune("web").unwrap());
    report(&format!(
        "prune with nothing to do: {pruned} runs in {took:.1?}"
    ));
    state.clear(None).unwrap();

    for round in 1..=OLDER_RUNS / TASKS {
        apply(&mut state, TASKS, round);
    }
    state
        .invalidate("web", &["base.task00000"], &person(), at(1))
        .unwrap();
    measure_apply(&mut state, 0, "100,000 older runs");
    measure_plan(&place, "plan of 1,000 tasks, 100,000 older runs");
    let (runs, took) = timed(|| state.older_reusable_runs("web").unwrap());
    report(&format!(
        "older_reusable_runs: {} tasks in {took:.1?}",
        runs.len()
    ));
    loop {
        let (pruned, took) = timed(|| state.prune("web").unwrap());
        report(&format!("prune: {pruned} runs in {took:.1?}"));
        if pruned == 0 {
            break;
        }
    }
    let ((), took) = timed(|| state.checkpoint().unwrap());
    report(&format!("checkpoint after it: {took:.1?}"));
    measure_plan(&place, "plan of 1,000 tasks, pruned");
    let all = state.invalidate("web", &["base.task00000"], &person(), at(1));
    report(&format!("invalidated {} runs", all.unwrap().len()));
}
