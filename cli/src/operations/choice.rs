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

/// Finds the workflow that is named after an operation, whose flags depend on the workflow.
///
/// An operation of the config may have an input of that name; then only `-w` is the workflow.
pub(crate) fn workflow_after<'a>(
    operations: &[&OperationSummary],
    words: &'a [String],
) -> Option<&'a str> {
    let (id, words) = words.split_first()?;
    let takes_it = |one: &&OperationSummary| {
        one.source == OperationSource::Config && answers(one, id) && has_input(one, "workflow")
    };
    workflow_among(words, !operations.iter().any(takes_it))
}

fn workflow_among(words: &[String], is_long_flag_ours: bool) -> Option<&str> {
    let nexts = words
        .iter()
        .skip(1)
        .map(String::as_str)
        .map(Some)
        .chain([None]);
    let options = words.iter().take_while(|word| *word != "--");
    let named = options
        .zip(nexts)
        .filter_map(|(word, next)| match word.as_str() {
            "-w" => next,
            "--workflow" if is_long_flag_ours => next,
            word if word.starts_with("--") => word
                .strip_prefix("--workflow=")
                .filter(|_| is_long_flag_ours),
            word => Some(word.strip_prefix("-w")?.trim_start_matches('=')),
        });
    named.last()
}

fn answers(operation: &OperationSummary, id: &str) -> bool {
    operation.id == id || operation.aliases.iter().any(|alias| alias == id)
}

fn has_input(operation: &OperationSummary, name: &str) -> bool {
    let properties = operation.input_schema.get("properties");
    properties.is_some_and(|properties| properties.get(name).is_some())
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
    let is_wanted = |one: &OperationSummary| workflow.is_none_or(|workflow| belongs(one, workflow));
    let mut found: Vec<&OperationSummary> = operations
        .iter()
        .copied()
        .filter(|one| answers(one, id) && is_wanted(one))
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
        let check = |line: &str, expected: Option<&str>, with_input: Option<&str>| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(workflow_among(&words, true), expected, "{line}");
            assert_eq!(workflow_among(&words, false), with_input, "{line}");
        };
        check("--port 3", None, None);
        check("--port 3 -w web", Some("web"), Some("web"));
        check("-wweb", Some("web"), Some("web"));
        check("-w=web", Some("web"), Some("web"));
        check("--workflow=api", Some("api"), None);
        check("--workflow api -y", Some("api"), None);
        check("--workflow", None, None);
        check("-- -w web", None, None);
    }
}
