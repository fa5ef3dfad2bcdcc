//! Which workflow a command is about, where it was not named.

use rigkit_engine::EngineError;

use crate::{context::Context, failure::Failure, prompt, signals};

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

/// Says how to name a workflow, where a word that is out of place is the name of one.
pub(crate) fn meant_workflow(word: &str, invocation: &str, context: &Context) -> Option<String> {
    let definition = context.engine().ok()?.definition().ok()?;
    definition.workflow(word)?;
    Some(format!(
        "`{word}` is a workflow: {invocation} --workflow {word}"
    ))
}

/// Asks the person for one of several workflows; without a person it is an error that lists
/// them.
pub(crate) fn choose(mut known: Vec<String>) -> Result<String, Failure> {
    if !prompt::is_possible() {
        return Err(EngineError::WorkflowNeeded { known }.into());
    }
    let ask = || prompt::select("Which workflow?", &known, 0);
    // The run is prepared, but nothing of it has begun that could be ended in good order.
    let index = signals::before_the_run(ask)?;
    Ok(known.swap_remove(index))
}
