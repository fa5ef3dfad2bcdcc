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

/// Is how long loads take, without anything kept from earlier ones.
pub(crate) struct IdentityCost {
    with: Times,
    without: Times,
}

/// Is how long each of several loads took, the fastest first.
struct Times(Vec<Duration>);

impl Times {
    fn new(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    fn fastest(&self) -> Duration {
        self.0[0]
    }
}

impl IdentityCost {
    /// Gives how many times longer a load takes with identities.
    pub(crate) fn ratio(&self) -> f64 {
        self.with.median().as_secs_f64() / self.without.median().as_secs_f64()
    }
}

impl fmt::Display for IdentityCost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (with, without) = (&self.with, &self.without);
        let fastest = with.fastest().as_secs_f64() / without.fastest().as_secs_f64();
        writeln!(
            formatter,
            "median: {:?} with, {:?} without, ratio {:.3}",
            with.median(),
            without.median(),
            self.ratio()
        )?;
        writeln!(
            formatter,
            "fastest: {:?} with, {:?} without, ratio {fastest:.3}",
            with.fastest(),
            without.fastest(),
        )
    }
}

/// Says how much to measure.
#[derive(Args)]
pub(crate) struct IdentityArguments {
    /// How often each of the two loads.
    #[arg(long, default_value_t = 201)]
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
    let options = options(project.path())?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        with.push(time(&options, IdentityUse::Full)?);
        without.push(time(&options, IdentityUse::None)?);
    }
    Ok(IdentityCost {
        with: Times::new(with),
        without: Times::new(without),
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
