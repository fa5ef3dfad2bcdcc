//! What an editor takes longer where nobody trusts the project: its definition is evaluated in a
//! process of its own.

use std::path::Path;

use super::{EditorClient, Figure, milliseconds};
use crate::{
    bench::Failure,
    project::{BenchProject, Person},
};

/// How much later than in a trusted project 99 of 100 diagnostics may come, in milliseconds.
const MOST_LATER: f64 = 10.0;

/// Measures diagnostics after edits in an editor that does not trust the project, in turns with one
/// that does.
pub(super) fn measure(rig: &Path, project: &BenchProject, edits: usize) -> Result<Figure, Failure> {
    let mut trusting = EditorClient::start(rig, project, Person::Trusting)?;
    let mut stranger = EditorClient::start(rig, project, Person::Stranger)?;
    let mut trusted = trusting.open(project)?;
    let mut strange = stranger.open(project)?;
    trusting.diagnostics_of(&mut trusted)?;
    stranger.diagnostics_of(&mut strange)?;
    let (mut among_trusted, mut among_strange) = (Vec::new(), Vec::new());
    for edit in 0..edits {
        let task = edit / 2 * 37;
        let sent = trusting.type_into(&mut trusted, task)?;
        among_trusted.push(milliseconds(trusting.diagnostics_of(&mut trusted)? - sent));
        let sent = stranger.type_into(&mut strange, task)?;
        among_strange.push(milliseconds(stranger.diagnostics_of(&mut strange)? - sent));
    }
    trusting.shut_down()?;
    stranger.shut_down()?;
    let trusted = Figure::of("", among_trusted, 0.0);
    let limit = (trusted.worst + MOST_LATER).round();
    let name = format!(
        "edit to the diagnostics of it, 100 tasks, where nobody trusts the folder (trusted in the same turns: {:.1} and {:.1} ms)",
        trusted.median, trusted.worst
    );
    Ok(Figure::of(&name, among_strange, limit))
}
