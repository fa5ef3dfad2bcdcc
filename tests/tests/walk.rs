//! The editor says what the terminal says, whatever is done in one of them or beside them: random walks
//! through every example and every test project.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a seed is told, whatever fails")]

use std::{
    env,
    time::{Duration, Instant},
};

use rigkit_tests::walk::{Terrain, Walk};

/// How long each project is walked through, unless `RIGKIT_WALK_SECONDS` says otherwise.
const SECONDS: u64 = 4;

/// How many steps are taken at least.
const STEPS: usize = 4;

fn time() -> Duration {
    let asked = env::var("RIGKIT_WALK_SECONDS").ok();
    let seconds = asked.map_or(SECONDS, |seconds| seconds.parse().unwrap());
    Duration::from_secs(seconds)
}

fn check(name: &str) {
    let terrain = Terrain::all()
        .iter()
        .find(|terrain| terrain.name == name)
        .unwrap();
    let seed = fastrand::u64(..);
    println!("once more: cargo xtask soak --project '{name}' --seed {seed}");
    let mut walk = Walk::begin(terrain, seed);
    let begun = Instant::now();
    let mut steps = 0;
    while steps < STEPS || begun.elapsed() < time() {
        if let Err(difference) = walk.step() {
            panic!("{difference}");
        }
        steps += 1;
    }
}

#[test]
fn a_sequence_with_helpers_and_secrets() {
    check("sequence");
}

#[test]
fn branches_factories_and_loops() {
    check("branches");
}

#[test]
fn several_workflows_that_share_a_part() {
    check("several workflows");
}

#[test]
fn a_provider_with_checks_and_artifacts() {
    check("provider");
}

#[test]
fn a_config_behind_a_link() {
    check("config behind a link");
}

#[test]
fn the_examples() {
    check("quickstart");
    check("services");
}
