//! Ten thousand edits as fast as they can be sent.

use std::path::Path;

use super::{EditorClient, Figure, milliseconds};
use crate::{
    bench::Failure,
    project::{BenchProject, Person},
};

const EDITS: usize = 10_000;

/// Measures how long after the last edit its diagnostics come, and what the storm leaves behind.
pub(super) fn measure(rig: &Path, project: &BenchProject) -> Result<[Figure; 2], Failure> {
    let mut client = EditorClient::start(rig, project, Person::Trusting)?;
    let mut config = client.open(project)?;
    client.diagnostics_of(&mut config)?;
    // What a first storm needs once is not what each storm adds.
    storm(&mut client, &mut config)?;
    let before = client.memory()?;
    let last = storm(&mut client, &mut config)?;
    let grown = client.memory()? - before;
    client.shut_down()?;
    Ok([
        Figure::of(
            "last of 10,000 edits to the diagnostics of it",
            vec![last],
            200.0,
        ),
        Figure {
            name: "memory that a second storm adds".to_owned(),
            median: grown,
            worst: grown,
            limit: 2.0,
            unit: "MiB",
        },
    ])
}

fn storm(
    client: &mut EditorClient,
    config: &mut super::client::OpenConfig,
) -> Result<f64, Failure> {
    let mut sent = std::time::Instant::now();
    for edit in 0..EDITS {
        sent = client.type_into(config, edit * 7)?;
    }
    let told = client.diagnostics_of(config)?;
    let (_, lenses) = client.lenses(config)?;
    let tasks = lenses.as_array().map_or(0, Vec::len);
    if tasks < config.tasks {
        return Err("edits were lost: there are fewer lenses than tasks".into());
    }
    Ok(milliseconds(told - sent))
}
