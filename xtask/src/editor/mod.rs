//! How fast the language server is, measured on the real binary over its standard input and output.

mod applying;
mod client;
mod outside;
mod storm;
mod strangers;
mod typing;

use std::path::{Path, PathBuf};

use clap::Args;

use self::client::EditorClient;
use crate::{
    bench::Failure,
    machine,
    project::{BenchProject, Person},
    report,
};

/// Says how much to measure.
#[derive(Args)]
pub(crate) struct EditorArguments {
    /// How many edits of each config are measured.
    #[arg(long, default_value_t = 500)]
    edits: usize,
    /// The command to measure; the release build of this repository where it is left out.
    #[arg(long)]
    rig: Option<PathBuf>,
}

/// Is one figure with what it has to reach.
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// The usual value.
    pub(crate) median: f64,
    /// The value that 99 of 100 stay below; the only one where there is one.
    pub(crate) worst: f64,
    /// The value to reach.
    pub(crate) limit: f64,
    /// What it is counted in.
    pub(crate) unit: &'static str,
}

/// Measures the server and prints it.
pub(crate) fn run(arguments: &EditorArguments) -> Result<(), Failure> {
    let rig = match &arguments.rig {
        Some(rig) => rig.clone(),
        None => machine::build_rig()?,
    };
    report::print(&report::editor(&measure(&rig, arguments.edits)?));
    Ok(())
}

/// Measures the server.
pub(crate) fn measure(rig: &Path, edits: usize) -> Result<Vec<Figure>, Failure> {
    let small = BenchProject::chain(100)?;
    let large = BenchProject::chain(2_000)?;
    for project in [&small, &large] {
        project.apply(rig)?;
    }
    let mut figures = vec![start(rig, &small, edits.min(50))?];
    figures.extend(typing::measure(rig, &small, &large, edits)?);
    figures.push(strangers::measure(rig, &small, edits)?);
    figures.extend(storm::measure(rig, &small)?);
    figures.push(outside::measure(rig, &small, edits.min(50))?);
    figures.extend(applying::measure(rig)?);
    Ok(figures)
}

/// Measures the time from the start of the process to the first diagnostics.
fn start(rig: &Path, project: &BenchProject, rounds: usize) -> Result<Figure, Failure> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let started = std::time::Instant::now();
        let mut client = EditorClient::start(rig, project, Person::Trusting)?;
        let mut document = client.open(project)?;
        let told = client.diagnostics_of(&mut document)?;
        times.push(milliseconds(told - started));
        client.shut_down()?;
    }
    Ok(Figure::of(
        "start of the process to the first diagnostics, 100 tasks",
        times,
        40.0,
    ))
}

impl Figure {
    /// Sums up times in milliseconds.
    fn of(name: &str, mut times: Vec<f64>, limit: f64) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |share: usize| {
            times.get((times.len() * share / 100).min(times.len().saturating_sub(1)))
        };
        Self {
            name: name.to_owned(),
            median: at(50).copied().unwrap_or(f64::NAN),
            worst: at(99).copied().unwrap_or(f64::NAN),
            limit,
            unit: "ms",
        }
    }
}

fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
