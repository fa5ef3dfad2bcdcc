//! Project chores: `cargo xtask bench` measures what `docs/performance.md` states.

mod bench;
mod identity;
mod machine;
mod measure;
mod project;
mod report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs a chore of this repository.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Measures whole processes of the release build and writes `docs/performance.md`.
    Bench(bench::BenchArguments),
}

fn main() -> ExitCode {
    let Chore::Bench(arguments) = Arguments::parse().chore;
    match bench::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&error);
            ExitCode::FAILURE
        }
    }
}
