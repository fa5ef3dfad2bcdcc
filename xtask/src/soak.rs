//! `cargo xtask soak`: random walks through all test projects and examples, in an editor and in a terminal,
//! until the time is over or the two do not say the same.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;
use rigkit_tests::{
    use_rig,
    walk::{Terrain, Walk},
};

use crate::{bench::Failure, machine, report};

/// How many steps are taken in one project before the next one.
const STEPS_OF_A_WALK: usize = 50;

/// Says how long, and where to begin.
#[derive(Args)]
pub(crate) struct SoakArguments {
    /// How many minutes it takes.
    #[arg(long, default_value_t = 1)]
    minutes: u64,
    /// The seed of all walks or, where a project is named, of the one walk through it; another one each
    /// time where it is left out.
    #[arg(long)]
    seed: Option<u64>,
    /// The project to walk through, by the name that a difference is told with.
    #[arg(long)]
    project: Option<String>,
    /// The command to walk with; the release build of this repository where it is left out.
    #[arg(long)]
    rig: Option<PathBuf>,
}

/// Walks.
pub(crate) fn run(arguments: &SoakArguments) -> Result<(), Failure> {
    let rig = match &arguments.rig {
        Some(rig) => rig.canonicalize()?,
        None => machine::build_rig()?,
    };
    use_rig(rig);
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    report::print(&format!("seed {seed}"));
    let end = Instant::now() + Duration::from_mins(arguments.minutes);
    let mut soak = Soak { end, steps: 0 };
    match &arguments.project {
        Some(name) => soak.walk(terrain(name)?, seed)?,
        None => soak.walk_through_all(seed)?,
    }
    report::print(&format!(
        "{} steps without a difference, seed {seed}",
        soak.steps
    ));
    Ok(())
}

fn terrain(name: &str) -> Result<&'static Terrain, Failure> {
    let mut all = Terrain::all().iter();
    let found = all.find(|terrain| terrain.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = Terrain::all().iter().map(|terrain| terrain.name).collect();
        format!("there is no project `{name}`, only {}", names.join(", ")).into()
    })
}

struct Soak {
    end: Instant,
    steps: usize,
}

impl Soak {
    fn walk_through_all(&mut self, seed: u64) -> Result<(), Failure> {
        let mut seeds = fastrand::Rng::with_seed(seed);
        for terrain in Terrain::all().iter().cycle() {
            if self.is_over() {
                break;
            }
            self.walk(terrain, seeds.u64(..))?;
        }
        Ok(())
    }

    fn walk(&mut self, terrain: &'static Terrain, seed: u64) -> Result<(), Failure> {
        let mut walk = Walk::begin(terrain, seed);
        for _ in 0..STEPS_OF_A_WALK {
            if self.is_over() {
                break;
            }
            self.steps += 1;
            walk.step().map_err(|difference| {
                let again = format!(
                    "cargo xtask soak --project '{}' --seed {seed}",
                    terrain.name
                );
                format!("{difference}\nonce more: {again}")
            })?;
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }
}
