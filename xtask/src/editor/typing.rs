//! From a key press to what the editor shows of it.

use std::path::Path;

use super::{EditorClient, Figure, milliseconds};
use crate::{
    bench::Failure,
    project::{BenchProject, Person},
};

/// Is what has to be reached on one config.
struct Limits {
    diagnostics: f64,
    lenses: f64,
}

/// Measures diagnostics and lenses after edits of a small and a large config, and the memory with
/// both open.
pub(super) fn measure(
    rig: &Path,
    small: &BenchProject,
    large: &BenchProject,
    edits: usize,
) -> Result<Vec<Figure>, Failure> {
    let mut client = EditorClient::start(rig, small, Person::Trusting)?;
    let limits = Limits {
        diagnostics: 8.0,
        lenses: 3.0,
    };
    let mut figures = Vec::from(type_into(&mut client, small, edits, &limits)?);
    let limits = Limits {
        diagnostics: 40.0,
        lenses: 15.0,
    };
    figures.extend(type_into(&mut client, large, edits, &limits)?);
    let memory = client.memory()?;
    figures.push(Figure {
        name: "memory with both open, after all edits".to_owned(),
        median: memory,
        worst: memory,
        limit: 80.0,
        unit: "MiB",
    });
    client.shut_down()?;
    Ok(figures)
}

fn type_into(
    client: &mut EditorClient,
    project: &BenchProject,
    edits: usize,
    limits: &Limits,
) -> Result<[Figure; 2], Failure> {
    let mut config = client.open(project)?;
    client.diagnostics_of(&mut config)?;
    let (mut diagnostics, mut lenses) = (Vec::new(), Vec::new());
    for edit in 0..edits {
        // Far from each other, so that no place is special.
        let sent = client.type_into(&mut config, edit / 2 * 37)?;
        let told = client.diagnostics_of(&mut config)?;
        diagnostics.push(milliseconds(told - sent));
        let (took, _) = client.lenses(&config)?;
        lenses.push(milliseconds(took));
    }
    let tasks = config.tasks;
    let name = |what: &str| format!("{what}, {tasks} tasks");
    Ok([
        Figure::of(
            &name("edit to the diagnostics of it"),
            diagnostics,
            limits.diagnostics,
        ),
        Figure::of(&name("lenses after that"), lenses, limits.lenses),
    ])
}
