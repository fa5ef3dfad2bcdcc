//! What is measured: whole processes of `rig`, on projects made for it.

use std::{
    error::Error,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;

use crate::{
    editor,
    identity::{self, IdentityCost},
    machine,
    measure::{Measured, Scenario, measure_all},
    project::{BenchProject, Person, add_history},
    report,
};

pub(crate) type Failure = Box<dyn Error>;

/// Says how much to measure.
#[derive(Args)]
pub(crate) struct BenchArguments {
    /// How often each command runs.
    #[arg(long, default_value_t = 31)]
    rounds: usize,
    /// The command to measure; the release build of this repository where it is left out.
    #[arg(long)]
    rig: Option<PathBuf>,
    /// Where to write the results; the terminal only where it is left out.
    #[arg(long)]
    write: Option<PathBuf>,
}

/// How many edits of each config the language server is measured with.
const EDITS: usize = 500;

/// How many older runs the state with a history holds.
const HISTORY: usize = 100_000;

/// Measures everything and reports it.
pub(crate) fn run(arguments: &BenchArguments) -> Result<(), Failure> {
    let rig = match &arguments.rig {
        Some(rig) => rig.clone(),
        None => machine::build_rig()?,
    };
    let small = BenchProject::chain(100)?;
    let medium = BenchProject::chain(1_000)?;
    let large = BenchProject::chain(10_000)?;
    let aged = BenchProject::chain(1_000)?;
    let files = BenchProject::many_files()?;
    for project in [&small, &medium, &large, &aged, &files] {
        project.apply(&rig)?;
    }
    add_history(&aged, HISTORY)?;
    // Whoever wrote the history was not rig and left no log beside the file; rig's own write
    // brings it back, as it is after every apply.
    aged.apply(&rig)?;
    let scenarios = [
        Scenario::new("`rig --version`", &rig, &small, &["--version"]).limit_ms(3.0),
        Scenario::new(
            "`rig plan --json`, 100 tasks",
            &rig,
            &small,
            &["plan", "--json"],
        )
        .limit_ms(5.0)
        .limit_mib(20.0),
        Scenario::new(
            "`rig plan --json`, 100 tasks, by somebody who does not trust the folder",
            &rig,
            &small,
            &["plan", "--json"],
        )
        .by(Person::Stranger),
        Scenario::new(
            "`rig plan --json`, 1,000 tasks",
            &rig,
            &medium,
            &["plan", "--json"],
        )
        .limit_ms(20.0),
        Scenario::new(
            "`rig plan --json`, 1,000 tasks, 100,000 older runs",
            &rig,
            &aged,
            &["plan", "--json"],
        ),
        Scenario::new(
            "`rig plan --json`, 10,000 tasks",
            &rig,
            &large,
            &["plan", "--json"],
        ),
        Scenario::new(
            "`rig plan --json`, 1,000 tasks in 200 files, helpers five levels deep",
            &rig,
            &files,
            &["plan", "--json"],
        )
        .limit_ms(60.0),
    ];
    let measured = measure_all(&scenarios, arguments.rounds)?;
    let applying = apply_overhead(&rig, arguments.rounds.min(9))?;
    let identity = identity::measure(&files, arguments.rounds.max(identity::ENOUGH_ROUNDS))?;
    let mut report = report::markdown(
        &measured,
        &ratios(&measured, &identity),
        applying,
        arguments.rounds,
    );
    report.push_str(&report::editor(&editor::measure(&rig, EDITS)?));
    report::print(&report);
    if let Some(path) = &arguments.write {
        let measured_elsewhere = measured_elsewhere(path);
        std::fs::write(path, report + &measured_elsewhere)?;
    }
    Ok(())
}

/// Gives what the file says of the extension, which is measured in its workbench.
fn measured_elsewhere(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let section = text.find("\n## In VS Code\n");
    section
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
        .to_owned()
}

/// Is a statement about two measurements of one run.
pub(crate) struct Ratio {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) limit: f64,
}

fn ratios(measured: &[Measured], identity: &IdentityCost) -> Vec<Ratio> {
    let median = |index: usize| {
        measured
            .get(index)
            .map_or(f64::NAN, |one: &Measured| one.median_ms())
    };
    vec![
        Ratio {
            name: "milliseconds that a plan of 100 tasks takes longer for somebody who does not trust the folder",
            value: median(2) - median(1),
            limit: 5.0,
        },
        Ratio {
            name: "10,000 tasks against 1,000",
            value: median(5) / median(3),
            limit: 12.0,
        },
        Ratio {
            name: "100,000 older runs against none",
            value: median(4) / median(3),
            limit: 1.05,
        },
        Ratio {
            name: "loading 1,000 tasks in 200 files with identities against without",
            value: identity.ratio(),
            limit: 1.30,
        },
    ]
}

/// Measures what the engine adds to a task that does nothing: the slope between an apply of
/// few and one of many tasks.
fn apply_overhead(rig: &Path, rounds: usize) -> Result<Duration, Failure> {
    const FEW: usize = 100;
    const MANY: usize = 1_100;
    let few = BenchProject::chain(FEW)?;
    let many = BenchProject::chain(MANY)?;
    let mut slopes = Vec::new();
    for _ in 0..rounds {
        let short = few.time_fresh_apply(rig)?;
        let long = many.time_fresh_apply(rig)?;
        slopes.push(long.saturating_sub(short) / u32::try_from(MANY - FEW)?);
    }
    slopes.sort();
    Ok(slopes[slopes.len() / 2])
}
