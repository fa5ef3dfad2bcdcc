//! What an apply of many tasks costs more in an editor, which shows each of them as it runs.

use std::{path::Path, time::Instant};

use super::{EditorClient, Figure, milliseconds};
use crate::{
    bench::Failure,
    project::{BenchProject, Person},
};

/// How many tasks are applied.
const TASKS: usize = 2_000;

/// How often each of both is measured, in turns.
const ROUNDS: usize = 3;

/// How many times as long as in a terminal it may take, and how much more memory than at rest.
const MOST_TIMES: f64 = 1.3;
const MOST_MEMORY: f64 = 100.0;

/// Measures applies of an editor that asks for lenses whenever it is told something new, in turns with
/// those of a terminal.
pub(super) fn measure(rig: &Path) -> Result<[Figure; 2], Failure> {
    let (mut in_terminal, mut in_editor) = (f64::INFINITY, f64::INFINITY);
    let mut memory: f64 = 0.0;
    for _ in 0..ROUNDS {
        let project = BenchProject::chain(TASKS)?;
        let begun = Instant::now();
        project.apply(rig)?;
        in_terminal = in_terminal.min(milliseconds(begun.elapsed()));
        let project = BenchProject::chain(TASKS)?;
        let mut client = EditorClient::start(rig, &project, Person::Trusting)?;
        let mut config = client.open(&project)?;
        client.diagnostics_of(&mut config)?;
        let idle = client.memory()?;
        let begun = Instant::now();
        let most = client.apply(&config)?;
        in_editor = in_editor.min(milliseconds(begun.elapsed()));
        memory = memory.max(most - idle);
        client.shut_down()?;
    }
    let times = in_editor / in_terminal;
    let figure = |name: String, value, limit, unit| Figure {
        name,
        median: value,
        worst: value,
        limit,
        unit,
    };
    Ok([
        figure(
            format!(
                "apply of {TASKS} tasks from the editor, times that of a terminal ({in_terminal:.0} ms)"
            ),
            times,
            MOST_TIMES,
            "×",
        ),
        figure(
            "memory of that over what the server holds at rest".to_owned(),
            memory,
            MOST_MEMORY,
            "MiB",
        ),
    ])
}
