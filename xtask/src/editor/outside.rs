//! How soon the editor shows what a terminal did.

use std::{path::Path, process::Stdio, time::Instant};

use super::{EditorClient, Figure, milliseconds};
use crate::{
    bench::Failure,
    project::{BenchProject, Person},
};

/// Measures the time from the end of a command in a terminal that changes the state to the
/// diagnostics that say so.
pub(super) fn measure(
    rig: &Path,
    project: &BenchProject,
    rounds: usize,
) -> Result<Figure, Failure> {
    let mut client = EditorClient::start(rig, project, Person::Trusting)?;
    let mut config = client.open(project)?;
    client.diagnostics_of(&mut config)?;
    let mut times = Vec::new();
    for round in 0..rounds {
        let task = format!("task-{}", 99 - round % 90);
        let status = project
            .rig(rig, Person::Trusting)
            .args(["cache", "invalidate", &task, "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        let ended = Instant::now();
        if !status.success() {
            return Err(format!("an invalidation failed: {status}").into());
        }
        let told = client.diagnostics_of(&mut config)?;
        times.push(milliseconds(told.saturating_duration_since(ended)));
    }
    client.shut_down()?;
    Ok(Figure::of(
        "change by a terminal to the diagnostics that say so",
        times,
        100.0,
    ))
}
