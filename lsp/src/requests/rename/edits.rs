//! The edits that give something another name.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::definition::{PathPart, Renaming};
use serde_json::json;
use tower_lsp::ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::{
    names::{joined, renamed_parts},
    plan::RenamePlan,
};
use crate::{
    document::is_identifier,
    symbols::{InvalidateTarget, NamedTask, Occurrence, ProjectNames, Spelling},
    view::ProjectView,
};

/// The name by which edits refer to what they cost.
const ANNOTATION: &str = "rigkit.lost-runs";

/// Is the replacement of a stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replacement {
    /// What is replaced, in bytes.
    pub(super) bytes: Range<u32>,
    /// What takes its place.
    pub(super) text: String,
}

/// Is what is replaced, by file.
pub(super) type Replacements = BTreeMap<PathBuf, Vec<Replacement>>;

/// Lists what is replaced, in the order of the texts.
pub(super) fn of(names: &ProjectNames<'_>, plan: &RenamePlan, name: &str) -> Replacements {
    let mut edits = Replacements::new();
    if name == plan.occurrence.name {
        return edits;
    }
    for place in &plan.places {
        let replaced = replacement(names, place, name);
        edits.entry(place.path.clone()).or_default().push(replaced);
    }
    for (path, replaced) in of_targets(names, plan, name) {
        edits.entry(path).or_default().push(replaced);
    }
    for edits in edits.values_mut() {
        edits.sort_by_key(|edit| edit.bytes.start);
        edits.dedup();
    }
    edits
}

fn replacement(names: &ProjectNames<'_>, place: &Occurrence, name: &str) -> Replacement {
    let bytes = place.bytes.clone();
    let is_plain = is_identifier(name);
    let key = if is_plain {
        name.to_owned()
    } else {
        quoted(name)
    };
    match place.spelling {
        Spelling::Text | Spelling::QuotedKey => Replacement {
            text: escaped(name, quote_before(names, &place.path, &bytes)),
            bytes,
        },
        Spelling::Key => Replacement { bytes, text: key },
        Spelling::ShorthandKey | Spelling::ShorthandPattern => Replacement {
            bytes,
            text: format!("{key}: {}", place.name),
        },
        Spelling::Member { .. } if is_plain => Replacement { bytes, text: key },
        Spelling::Member {
            object_end,
            is_optional,
        } => Replacement {
            bytes: object_end..bytes.end,
            text: format!("{}[{key}]", if is_optional { "?." } else { "" }),
        },
    }
}

fn quoted(name: &str) -> String {
    json!(name).to_string()
}

/// Gives the quote that a text stands in.
fn quote_before<'a>(names: &'a ProjectNames<'_>, path: &Path, bytes: &Range<u32>) -> &'a str {
    names.text(path, &(bytes.start.saturating_sub(1)..bytes.start))
}

/// Writes a text so that it may stand in certain quotes.
fn escaped(name: &str, quote: &str) -> String {
    let quoted = quoted(name);
    let inside = &quoted[1..quoted.len() - 1];
    match quote {
        "'" => inside.replace("\\\"", "\"").replace('\'', "\\'"),
        "`" => inside
            .replace("\\\"", "\"")
            .replace('`', "\\`")
            .replace("${", "\\${"),
        _ => inside.to_owned(),
    }
}

/// Lists the targets of `invalidate` whose task has another name or path afterwards.
fn of_targets(
    names: &ProjectNames<'_>,
    plan: &RenamePlan,
    name: &str,
) -> Vec<(PathBuf, Replacement)> {
    let paths = NewPaths::new(names, plan, name);
    if paths.by_workflow.is_empty() {
        return Vec::new();
    }
    let targets = names.invalidate_targets();
    let changed = targets.into_iter().filter_map(|target| {
        let text = paths.target(&target)?;
        let quote = quote_before(names, &target.path, &target.bytes);
        let replaced = Replacement {
            text: escaped(&text, quote),
            bytes: target.bytes,
        };
        Some((target.path, replaced))
    });
    changed.collect()
}

/// Holds what the paths of tasks are made of afterwards.
struct NewPaths {
    by_workflow: HashMap<Arc<str>, Vec<Vec<PathPart>>>,
}

impl NewPaths {
    fn new(names: &ProjectNames<'_>, plan: &RenamePlan, name: &str) -> Self {
        let parts = renamed_parts(names, plan);
        let renaming = Renaming {
            parts: &parts,
            name: &Arc::from(name),
        };
        let workflows = names.definition.workflows.iter();
        let by_workflow = workflows
            .filter(|_| !parts.is_empty())
            .map(|workflow| {
                let paths = workflow.path_parts(Some(renaming));
                (Arc::clone(&workflow.name), paths)
            })
            .collect();
        Self { by_workflow }
    }

    /// Says how a target names its tasks afterwards, if that is another text. One that names
    /// several tasks stays unless it can go on naming all of them.
    fn target(&self, target: &InvalidateTarget<'_>) -> Option<String> {
        let mut texts = target
            .tasks
            .iter()
            .map(|task| self.text_for(task, &target.text));
        let first = texts.next()?;
        let is_the_same = texts.all(|text| text == first);
        (is_the_same && first != target.text).then_some(first)
    }

    fn text_for(&self, task: &NamedTask<'_>, target: &str) -> String {
        let paths = self.by_workflow.get(&task.workflow.name);
        let Some(path) = paths.and_then(|paths| paths.get(task.index.0)) else {
            return target.to_owned();
        };
        let is_by_name = *task.workflow.task(task.index).name == *target;
        let name = path.last().filter(|_| is_by_name);
        name.map_or_else(|| joined(path), |part| part.name.to_string())
    }
}

/// Writes replacements as the client takes them; each refers to what they cost, where that is
/// something.
pub(super) fn workspace_edit(
    view: &ProjectView,
    names: &ProjectNames<'_>,
    edits: Replacements,
    cost: Option<String>,
) -> WorkspaceEdit {
    let files = edits.into_iter().filter_map(|(path, edits)| {
        let uri = view.editor.uri(&path)?;
        let edits: Vec<TextEdit> = edits
            .into_iter()
            .filter_map(|edit| {
                let range = names.range(&path, &edit.bytes)?;
                Some(TextEdit::new(range, edit.text))
            })
            .collect();
        Some((path, uri, edits))
    });
    if !view.editor.features.document_changes {
        let changes = files.map(|(_, uri, edits)| (uri, edits)).collect();
        return WorkspaceEdit::new(changes);
    }
    let is_annotated = cost.is_some();
    let files = files.map(|(path, uri, edits)| TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier {
            uri,
            version: view.document(&path).map(|document| document.version),
        },
        edits: edits
            .into_iter()
            .map(|edit| annotated(edit, is_annotated))
            .collect(),
    });
    WorkspaceEdit {
        document_changes: Some(DocumentChanges::Edits(files.collect())),
        change_annotations: cost.map(annotations),
        changes: None,
    }
}

fn annotated(text_edit: TextEdit, is_annotated: bool) -> OneOf<TextEdit, AnnotatedTextEdit> {
    if !is_annotated {
        return OneOf::Left(text_edit);
    }
    OneOf::Right(AnnotatedTextEdit {
        text_edit,
        annotation_id: ANNOTATION.to_owned(),
    })
}

fn annotations(label: String) -> HashMap<String, ChangeAnnotation> {
    let annotation = ChangeAnnotation {
        label,
        needs_confirmation: Some(true),
        description: None,
    };
    HashMap::from([(ANNOTATION.to_owned(), annotation)])
}
