//! What it costs to know what handlers do: loads of one project with and without it, in turns.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Args;
use rigkit_engine::{
    modules::IdentityUse,
    project::{LoadOptions, Project, load},
    sandbox::Variables,
};

use crate::{bench::Failure, project::BenchProject, report};

/// Is how long loads take, without anything kept from earlier ones: in each round one with
/// identities, and one without right after it.
pub(crate) struct IdentityCost {
    rounds: Vec<Round>,
}

struct Round {
    with: Duration,
    without: Duration,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.with.as_secs_f64() / self.without.as_secs_f64()
    }
}

impl IdentityCost {
    /// Gives how many times longer a load takes with identities, in the median of the rounds: a
    /// machine that is slower for a while is so for both loads of a round.
    pub(crate) fn ratio(&self) -> f64 {
        let mut ratios: Vec<f64> = self.rounds.iter().map(Round::ratio).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

impl fmt::Display for IdentityCost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = sorted(self.rounds.iter().map(|round| round.with));
        let without = sorted(self.rounds.iter().map(|round| round.without));
        writeln!(formatter, "median of the ratios: {:.3}", self.ratio())?;
        for (name, place) in [("median", with.len() / 2), ("fastest", 0)] {
            let (with, without) = (with[place], without[place]);
            let ratio = Round { with, without }.ratio();
            writeln!(
                formatter,
                "{name}: {with:?} with, {without:?} without, ratio {ratio:.3}"
            )?;
        }
        Ok(())
    }
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times
}

/// How many rounds give nearly the same ratio again.
pub(crate) const ENOUGH_ROUNDS: usize = 201;

/// Says how much to measure.
#[derive(Args)]
pub(crate) struct IdentityArguments {
    /// How often each of the two loads.
    #[arg(long, default_value_t = ENOUGH_ROUNDS)]
    rounds: usize,
}

/// Measures and reports what `cargo xtask bench` has one row of.
pub(crate) fn compare(arguments: &IdentityArguments) -> Result<(), Failure> {
    let cost = measure(&BenchProject::many_files()?, arguments.rounds.max(1))?;
    report::print(&cost.to_string());
    Ok(())
}

/// Says what to load.
#[derive(Args)]
pub(crate) struct LoadArguments {
    /// The project's directory.
    directory: PathBuf,
    /// How often.
    #[arg(long, default_value_t = 100)]
    rounds: usize,
    /// Without telling handlers apart by what they do.
    #[arg(long)]
    no_identity: bool,
}

/// Loads a project again and again.
pub(crate) fn load_often(arguments: &LoadArguments) -> Result<(), Failure> {
    let options = options(&arguments.directory)?;
    let identity = if arguments.no_identity {
        IdentityUse::None
    } else {
        IdentityUse::Full
    };
    for _ in 0..arguments.rounds {
        time(&options, identity)?;
    }
    Ok(())
}

fn options(directory: &Path) -> Result<LoadOptions, Failure> {
    let project = Project::find(directory)?;
    Ok(LoadOptions::new(&project, Variables::new(Arc::default())))
}

/// Measures several rounds of one of each.
pub(crate) fn measure(project: &BenchProject, rounds: usize) -> Result<IdentityCost, Failure> {
    let options = options(&project.path())?;
    let rounds = (0..rounds).map(|_| {
        Ok(Round {
            with: time(&options, IdentityUse::Full)?,
            without: time(&options, IdentityUse::None)?,
        })
    });
    Ok(IdentityCost {
        rounds: rounds.collect::<Result<_, Failure>>()?,
    })
}

fn time(options: &LoadOptions, identity: IdentityUse) -> Result<Duration, Failure> {
    let mut options = options.clone();
    options.identity = identity;
    let started = Instant::now();
    let definition = load(&options)?;
    let elapsed = started.elapsed();
    drop(definition);
    Ok(elapsed)
}
