//! Project chores: `cargo xtask bench` measures what `docs/performance.md` states, `cargo xtask load`
//! gives a profiler something to watch, `cargo xtask soak` compares the editor with the terminal for as long
//! as it is told.

#![expect(
    clippy::disallowed_methods,
    reason = "what it works on is this repository and projects that it makes"
)]

mod bench;
mod editor;
mod identity;
mod machine;
mod measure;
mod project;
mod report;
mod soak;

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
    /// Measures the language server of the release build.
    Editor(editor::EditorArguments),
    /// Measures what telling handlers apart by what they do adds to loading.
    Identity(identity::IdentityArguments),
    /// Loads a project again and again, for a profiler to watch.
    Load(identity::LoadArguments),
    /// Compares what an editor and a terminal say, step by step of random walks.
    Soak(soak::SoakArguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Bench(arguments) => bench::run(&arguments),
        Chore::Editor(arguments) => editor::run(&arguments),
        Chore::Identity(arguments) => identity::compare(&arguments),
        Chore::Load(arguments) => identity::load_often(&arguments),
        Chore::Soak(arguments) => soak::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&error);
            ExitCode::FAILURE
        }
    }
}
