//! `textDocument/inlayHint`: how a task stands, at the end of its first line.

use std::sync::Arc;

use jiff::Timestamp;
use tower_lsp::ls_types::{InlayHint, InlayHintLabel, Range};

use crate::{
    document::Document,
    sites::{TaskSite, tasks_in},
    task_state::task_state,
    view::ProjectView,
};

/// Gives the hints of the tasks that begin in a range.
pub(crate) fn hints(
    view: &ProjectView,
    document: &Arc<Document>,
    range: Range,
) -> Option<Vec<InlayHint>> {
    if !view.editor.settings.inlay_hints {
        return None;
    }
    let wanted = document.text.bytes(range, view.editor.encoding());
    let now = Timestamp::now();
    let sites = tasks_in(&view.snapshot, &document.path);
    let hints = sites.iter().filter_map(|site| {
        let name = view.current_bytes(&document.path, &site.site.name);
        let end = document.text.line_end(name.start);
        let is_wanted = wanted.start <= end && name.start <= wanted.end;
        is_wanted.then(|| hint(view, document, site, end, now))
    });
    Some(hints.collect())
}

fn hint(
    view: &ProjectView,
    document: &Document,
    site: &TaskSite<'_>,
    end: u32,
    now: Timestamp,
) -> InlayHint {
    let states: Vec<String> = site
        .tasks
        .iter()
        .map(|task| task_state(view, task, now))
        .collect();
    let label = match states.as_slice() {
        [state] => state.clone(),
        several => format!("{} tasks", several.len()),
    };
    InlayHint {
        position: document.text.position(end, view.editor.encoding()),
        label: InlayHintLabel::String(label),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
