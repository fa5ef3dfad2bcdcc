//! What the client shows, made safe to show in one place: every answer and every notification passes here,
//! and the compiler refuses one that does not say which of its texts are shown.
//!
//! Texts that are used and not shown, such as edits, names in the arguments of commands and the documents
//! of `rig --json`, stay as they are.
#![expect(
    clippy::disallowed_types,
    reason = "here is where every kind of answer is made safe to show"
)]

use rigkit_engine::display_text::{MOST_OF_A_MESSAGE, cut, escape, escape_lines};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tower_lsp::{
    jsonrpc,
    ls_types::{
        CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, ChangeAnnotation,
        CodeAction, CodeActionOrCommand, Command, CompletionItem, CompletionList, Diagnostic,
        DocumentDiagnosticReport, DocumentDiagnosticReportKind, DocumentDiagnosticReportResult,
        DocumentHighlight, DocumentSymbol, DocumentSymbolResponse, Documentation, FoldingRange,
        GotoDefinitionResponse, Hover, HoverContents, InlayHint, InlayHintLabel, InlayHintTooltip,
        Location, LogMessageParams, MarkedString, PrepareRenameResponse, ProgressParams,
        ProgressParamsValue, PublishDiagnosticsParams, ShowMessageParams, SymbolInformation,
        WorkDoneProgress, WorkspaceEdit, WorkspaceSymbol, WorkspaceSymbolResponse,
    },
};

/// The most characters of a text that is shown within a line, such as a name.
const MOST_OF_A_LABEL: usize = 300;

/// The most characters of a piece of the log.
const MOST_OF_A_LOG_MESSAGE: usize = 20_000;

/// Something that is sent to the client, whose shown texts can be made safe.
pub(crate) trait SafeToShow {
    /// Escapes and bounds every text in it that is shown.
    fn make_safe(&mut self);
}

/// An answer that is written already, with its texts safe to show.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct WrittenAnswer(Box<RawValue>);

impl WrittenAnswer {
    /// Writes an answer; nothing where it cannot be written.
    pub(crate) fn new(mut answer: impl SafeToShow + Serialize) -> Option<Self> {
        answer.make_safe();
        to_raw_value(&answer).ok().map(Self)
    }
}

/// Returns an answer with its texts safe to show.
pub(crate) fn safe<T: SafeToShow>(mut answer: T) -> T {
    answer.make_safe();
    answer
}

/// Makes a text safe that is shown within a line.
pub(crate) fn label(text: &mut String) {
    replace(text, |text| {
        escape(&cut(text, MOST_OF_A_LABEL)).into_owned()
    });
}

/// Makes a text safe in which `$(name)` would be shown as a picture.
pub(crate) fn label_with_icons(text: &mut String) {
    label(text);
    if text.contains("$(") {
        *text = text.replace("$(", "\\$(");
    }
}

/// Makes a text safe that may have several lines.
pub(crate) fn lines(text: &mut String) {
    replace(text, |text| {
        escape_lines(&cut(text, MOST_OF_A_MESSAGE)).into_owned()
    });
}

/// Makes a text safe in which `[text](address)` would be shown as a link, which may be one to a command.
fn notification(text: &mut String) {
    lines(text);
    if text.contains("](") {
        *text = text.replace("](", "] (");
    }
}

/// Makes Markdown safe, which is bounded by whoever writes it and escaped but for controls.
fn markdown(text: &mut String) {
    replace(text, |text| escape_lines(text).into_owned());
}

fn replace(text: &mut String, safe: impl FnOnce(&str) -> String) {
    // Nearly every text is safe, and an answer may have ten thousand of them.
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_plain || text.len() > MOST_OF_A_LABEL {
        *text = safe(text);
    }
}

impl SafeToShow for WrittenAnswer {
    fn make_safe(&mut self) {}
}

impl<T: SafeToShow> SafeToShow for Option<T> {
    fn make_safe(&mut self) {
        self.iter_mut().for_each(T::make_safe);
    }
}

impl<T: SafeToShow> SafeToShow for Vec<T> {
    fn make_safe(&mut self) {
        self.iter_mut().for_each(T::make_safe);
    }
}

impl<T: SafeToShow, E: SafeToShow> SafeToShow for Result<T, E> {
    fn make_safe(&mut self) {
        match self {
            Ok(answer) => answer.make_safe(),
            Err(error) => error.make_safe(),
        }
    }
}

impl SafeToShow for jsonrpc::Error {
    fn make_safe(&mut self) {
        lines(self.message.to_mut());
    }
}

/// Why something is refused.
impl SafeToShow for String {
    fn make_safe(&mut self) {
        lines(self);
    }
}

/// Answers without a text that is shown.
macro_rules! without_texts {
    ($($answer:ty),+ $(,)?) => {
        $(impl SafeToShow for $answer {
            fn make_safe(&mut self) {}
        })+
    };
}

without_texts![
    DocumentHighlight,
    FoldingRange,
    GotoDefinitionResponse,
    Location,
    // What a person edits is the name as it is.
    PrepareRenameResponse,
];

impl SafeToShow for Hover {
    fn make_safe(&mut self) {
        match &mut self.contents {
            HoverContents::Markup(content) => markdown(&mut content.value),
            HoverContents::Scalar(text) => text.make_safe(),
            HoverContents::Array(texts) => texts.make_safe(),
        }
    }
}

impl SafeToShow for MarkedString {
    fn make_safe(&mut self) {
        match self {
            Self::String(text) => markdown(text),
            Self::LanguageString(code) => markdown(&mut code.value),
        }
    }
}

impl SafeToShow for CompletionList {
    fn make_safe(&mut self) {
        self.items.make_safe();
    }
}

impl SafeToShow for CompletionItem {
    fn make_safe(&mut self) {
        label(&mut self.label);
        self.detail.iter_mut().for_each(label);
        match &mut self.documentation {
            None => {}
            Some(Documentation::String(text)) => lines(text),
            Some(Documentation::MarkupContent(content)) => markdown(&mut content.value),
        }
    }
}

impl SafeToShow for InlayHint {
    fn make_safe(&mut self) {
        match &mut self.label {
            InlayHintLabel::String(text) => label(text),
            InlayHintLabel::LabelParts(parts) => {
                for part in parts {
                    label(&mut part.value);
                }
            }
        }
        match &mut self.tooltip {
            None => {}
            Some(InlayHintTooltip::String(text)) => lines(text),
            Some(InlayHintTooltip::MarkupContent(content)) => markdown(&mut content.value),
        }
    }
}

impl SafeToShow for CodeActionOrCommand {
    fn make_safe(&mut self) {
        match self {
            Self::Command(command) => command.make_safe(),
            Self::CodeAction(action) => action.make_safe(),
        }
    }
}

impl SafeToShow for CodeAction {
    fn make_safe(&mut self) {
        label(&mut self.title);
        self.command.make_safe();
        self.diagnostics.make_safe();
        self.edit.make_safe();
        if let Some(disabled) = &mut self.disabled {
            label(&mut disabled.reason);
        }
    }
}

impl SafeToShow for Command {
    fn make_safe(&mut self) {
        label(&mut self.title);
    }
}

impl SafeToShow for WorkspaceEdit {
    fn make_safe(&mut self) {
        let annotations = self.change_annotations.iter_mut();
        let annotations = annotations.flat_map(|annotations| annotations.values_mut());
        annotations.for_each(ChangeAnnotation::make_safe);
    }
}

impl SafeToShow for ChangeAnnotation {
    fn make_safe(&mut self) {
        label(&mut self.label);
        self.description.iter_mut().for_each(lines);
    }
}

impl SafeToShow for Diagnostic {
    fn make_safe(&mut self) {
        lines(&mut self.message);
        let related = self.related_information.iter_mut().flatten();
        related.for_each(|related| lines(&mut related.message));
    }
}

impl SafeToShow for DocumentDiagnosticReportResult {
    fn make_safe(&mut self) {
        let Self::Report(report) = self else {
            return;
        };
        let related = match report {
            DocumentDiagnosticReport::Full(full) => {
                full.full_document_diagnostic_report.items.make_safe();
                &mut full.related_documents
            }
            DocumentDiagnosticReport::Unchanged(unchanged) => &mut unchanged.related_documents,
        };
        for report in related.iter_mut().flat_map(|related| related.values_mut()) {
            if let DocumentDiagnosticReportKind::Full(full) = report {
                full.items.make_safe();
            }
        }
    }
}

impl SafeToShow for DocumentSymbolResponse {
    fn make_safe(&mut self) {
        match self {
            Self::Flat(symbols) => symbols.make_safe(),
            Self::Nested(symbols) => symbols.make_safe(),
        }
    }
}

impl SafeToShow for DocumentSymbol {
    fn make_safe(&mut self) {
        label(&mut self.name);
        self.detail.iter_mut().for_each(label);
        self.children.make_safe();
    }
}

impl SafeToShow for SymbolInformation {
    fn make_safe(&mut self) {
        label(&mut self.name);
        self.container_name.iter_mut().for_each(label);
    }
}

impl SafeToShow for WorkspaceSymbolResponse {
    fn make_safe(&mut self) {
        match self {
            Self::Flat(symbols) => symbols.make_safe(),
            Self::Nested(symbols) => symbols.make_safe(),
        }
    }
}

impl SafeToShow for WorkspaceSymbol {
    fn make_safe(&mut self) {
        label(&mut self.name);
        self.container_name.iter_mut().for_each(label);
    }
}

impl SafeToShow for CallHierarchyItem {
    fn make_safe(&mut self) {
        label(&mut self.name);
        self.detail.iter_mut().for_each(label);
    }
}

impl SafeToShow for CallHierarchyIncomingCall {
    fn make_safe(&mut self) {
        self.from.make_safe();
    }
}

impl SafeToShow for CallHierarchyOutgoingCall {
    fn make_safe(&mut self) {
        self.to.make_safe();
    }
}

impl SafeToShow for LogMessageParams {
    fn make_safe(&mut self) {
        replace(&mut self.message, |text| {
            escape_lines(&cut(text, MOST_OF_A_LOG_MESSAGE)).into_owned()
        });
    }
}

impl SafeToShow for ShowMessageParams {
    fn make_safe(&mut self) {
        notification(&mut self.message);
    }
}

impl SafeToShow for PublishDiagnosticsParams {
    fn make_safe(&mut self) {
        self.diagnostics.make_safe();
    }
}

impl SafeToShow for ProgressParams {
    fn make_safe(&mut self) {
        let ProgressParamsValue::WorkDone(progress) = &mut self.value;
        let message = match progress {
            WorkDoneProgress::Begin(begin) => {
                notification(&mut begin.title);
                &mut begin.message
            }
            WorkDoneProgress::Report(report) => &mut report.message,
            WorkDoneProgress::End(end) => &mut end.message,
        };
        message.iter_mut().for_each(notification);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tower_lsp::ls_types::MessageType;

    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\r\n\u{9b}2Jb\u{202e}";
    const IN_LINE: &str = "a\\u{1b}[2J\\r\\n\\u{9b}2Jb\\u{202e}";
    const IN_LINES: &str = "a\\u{1b}[2J\n\\u{9b}2Jb\\u{202e}";

    fn check<T: SafeToShow + Serialize + serde::de::DeserializeOwned>(
        answer: Value,
        expected: Value,
    ) {
        let read = serde_json::from_value::<T>(answer).map(safe);
        let written = read.and_then(|answer| serde_json::to_value(&answer));
        assert_eq!(written.ok(), Some(expected));
    }

    fn range() -> Value {
        let start = json!({ "line": 0, "character": 0 });
        json!({ "start": start, "end": start })
    }

    #[test]
    fn what_is_shown_is_escaped_and_what_is_used_is_not() {
        let (uri, range) = ("file:///a", range());
        let arguments = json!([{ "task": HOSTILE }]);
        let command = |title| json!({ "title": title, "command": "c", "arguments": arguments });
        let action = |title| json!([{ "title": title, "command": command(title) }]);
        check::<Vec<CodeActionOrCommand>>(action(HOSTILE), action(IN_LINE));
        let edit = json!({ "range": range, "newText": HOSTILE });
        let item = |label| json!({ "label": label, "detail": label, "textEdit": edit });
        let list = |label| json!({ "isIncomplete": false, "items": [item(label)] });
        check::<CompletionList>(list(HOSTILE), list(IN_LINE));
        let symbol = |name| json!([{ "name": name, "detail": name, "kind": 1, "range": range, "selectionRange": range }]);
        check::<Vec<DocumentSymbol>>(symbol(HOSTILE), symbol(IN_LINE));
        let related =
            |message| json!([{ "location": { "uri": uri, "range": range }, "message": message }]);
        let diagnostic = |message| json!([{ "message": message, "range": range, "relatedInformation": related(message) }]);
        check::<Vec<Diagnostic>>(diagnostic(HOSTILE), diagnostic(IN_LINES));
        let shown = |message| json!({ "type": MessageType::INFO, "message": message });
        check::<ShowMessageParams>(shown(HOSTILE), shown(IN_LINES));
    }

    #[test]
    fn pictures_and_links_are_shown_as_they_are_written() {
        let mut title = "$(zap) $ (x)".to_owned();
        label_with_icons(&mut title);
        assert_eq!(title, "\\$(zap) $ (x)");
        let mut text = "[a](command:rigkit.apply)".to_owned();
        notification(&mut text);
        assert_eq!(text, "[a] (command:rigkit.apply)");
    }
}
