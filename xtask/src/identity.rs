//! What it costs to know what handlers do: loads of one project with and without it, in turns.

use std::{
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

use crate::{bench::Failure, project::BenchProject};

/// Is how long loads take, without anything kept from earlier ones.
pub(crate) struct IdentityCost {
    pub(crate) with: Duration,
    pub(crate) without: Duration,
}

impl IdentityCost {
    /// Gives how many times longer a load takes with identities.
    pub(crate) fn ratio(&self) -> f64 {
        self.with.as_secs_f64() / self.without.as_secs_f64()
    }
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

/// Measures the medians of several rounds.
pub(crate) fn measure(project: &BenchProject, rounds: usize) -> Result<IdentityCost, Failure> {
    let options = options(project.path())?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        with.push(time(&options, IdentityUse::Full)?);
        without.push(time(&options, IdentityUse::None)?);
    }
    Ok(IdentityCost {
        with: median(with),
        without: median(without),
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

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
