//! Which operation a person means by its name.

use rigkit_engine::{EngineError, OperationSource, OperationSummary, error::NameKind};

use crate::{failure::Failure, workflow_choice::choose as choose_workflow};

/// Finds an operation by its id or an alias; where several workflows have one, the workflow
/// that was named decides, or the person.
pub(crate) fn choose<'a>(
    operations: &[&'a OperationSummary],
    kind: NameKind,
    id: &str,
    workflow: Option<&str>,
) -> Result<&'a OperationSummary, Failure> {
    let candidates = answering(operations, id, workflow);
    match candidates.as_slice() {
        [] => {
            let is_in_reach =
                |one: &&&OperationSummary| workflow.is_none_or(|workflow| belongs(one, workflow));
            let known = operations
                .iter()
                .filter(is_in_reach)
                .map(|one| one.id.clone());
            Err(unknown(kind, id, known.collect()))
        }
        [only] => Ok(only),
        several => {
            let chosen = choose_workflow(several.iter().map(|one| one.workflow.clone()).collect())?;
            choose(several, kind, id, Some(&chosen))
        }
    }
}

/// Finds the workflow that is named among the words after an operation, whose flags depend on
/// the workflow.
pub(crate) fn workflow_among(words: &[String]) -> Option<&str> {
    let nexts = words
        .iter()
        .skip(1)
        .map(String::as_str)
        .map(Some)
        .chain([None]);
    let mut named = words
        .iter()
        .zip(nexts)
        .filter_map(|(word, next)| match word.as_str() {
            "-w" | "--workflow" => next,
            word => word.strip_prefix("--workflow="),
        });
    named.next()
}

/// Says that a name leads nowhere, and which names there are, nearest first.
pub(crate) fn unknown(kind: NameKind, name: &str, mut known: Vec<String>) -> Failure {
    known.sort_by_cached_key(|other| strsim::damerau_levenshtein(name, other));
    known.dedup();
    let name = name.to_owned();
    EngineError::Unknown { kind, name, known }.into()
}

fn answering<'a>(
    operations: &[&'a OperationSummary],
    id: &str,
    workflow: Option<&str>,
) -> Vec<&'a OperationSummary> {
    let answers =
        |one: &OperationSummary| one.id == id || one.aliases.iter().any(|alias| alias == id);
    let is_wanted = |one: &OperationSummary| workflow.is_none_or(|workflow| belongs(one, workflow));
    let mut found: Vec<&OperationSummary> = operations
        .iter()
        .copied()
        .filter(|one| answers(one) && is_wanted(one))
        .collect();
    // A config may define an operation that Rigkit has too; its own is meant then.
    if found
        .iter()
        .any(|one| one.source == OperationSource::Config)
    {
        found.retain(|one| one.source == OperationSource::Config);
    }
    found
}

/// An operation without a workflow takes it as an input.
fn belongs(operation: &OperationSummary, workflow: &str) -> bool {
    operation.workflow.is_empty() || operation.workflow == workflow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workflow_may_follow() {
        let check = |line: &str, expected: Option<&str>| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(workflow_among(&words), expected, "{line}");
        };
        check("--port 3", None);
        check("--port 3 -w web", Some("web"));
        check("--workflow=api", Some("api"));
        check("--workflow", None);
    }
}
