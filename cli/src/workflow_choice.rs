//! Which workflow a command is about, where it was not named.

use rigkit_engine::EngineError;

use crate::{failure::Failure, prompt};

/// Asks the engine, and where it needs to know the workflow, the person and the engine again.
///
/// The engine says so before it does anything.
pub(crate) fn with_workflow<T>(
    named: Option<&str>,
    mut request: impl FnMut(Option<String>) -> Result<T, EngineError>,
) -> Result<T, Failure> {
    match request(named.map(str::to_owned)) {
        Err(EngineError::WorkflowNeeded { known }) => {
            let chosen = choose(known)?;
            Ok(request(Some(chosen))?)
        }
        result => Ok(result?),
    }
}

/// Asks the person for one of several workflows; without a person it is an error that lists
/// them.
pub(crate) fn choose(mut known: Vec<String>) -> Result<String, Failure> {
    if !prompt::is_possible() {
        return Err(EngineError::WorkflowNeeded { known }.into());
    }
    let index = prompt::select("Which workflow?", &known, 0)?;
    Ok(known.swap_remove(index))
}
