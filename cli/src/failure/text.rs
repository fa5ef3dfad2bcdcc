//! A failure as a person reads it: what, where, why, what to do.

use std::{borrow::Cow, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use rigkit_engine::{
    EngineError,
    diagnostic::{Diagnostic, Severity},
    display_text::{MOST_OF_A_MESSAGE, cut, escape, escape_lines, is_escaped},
    error::NodeFailure,
    error_cause::{ErrorCause, ListedCause, listed},
    project::EnvironmentWarning,
    source::{SourceRange, read_excerpt},
};

use super::{Failure, output_tail};
use crate::{
    context::{Context, shown_path},
    style::{FAINT, paint},
    styled_text::{Line, output_lines, styled, whole_output_lines},
};

/// The most problems of a config that are told; who mends so many looks again.
const MOST_PROBLEMS: usize = 50;

/// Is one thing to tell: a title with the places and advice that belong to it.
struct Report {
    severity: Severity,
    code: Option<&'static str>,
    title: String,
    places: Vec<Place>,
    causes: Vec<Cause>,
    help: Option<String>,
    note: Option<String>,
}

/// An error that stands behind what is told.
struct Cause {
    wording: String,
    message: String,
}

/// Is a place with the text around it, read again because nothing holds on to it.
struct Place {
    range: SourceRange,
    label: Option<String>,
    path: String,
    text: Option<String>,
}

/// Returns the lines of a failure.
pub(super) fn of(failure: &Failure, context: Option<&Context>) -> Vec<Line> {
    let reports: Vec<Vec<Line>> = match failure {
        Failure::Engine(error) => match &**error {
            EngineError::Failed { failures, .. } if !failures.is_empty() => {
                let report = |failure| at_the_end(failure, context);
                failures.iter().map(report).collect()
            }
            error if !error.diagnostics().is_empty() => diagnostics(error.diagnostics()),
            _ => vec![plain(failure).render()],
        },
        _ => vec![plain(failure).render()],
    };
    let mut lines = with_blanks_between(reports);
    if let Some(log) = log_line(failure, context) {
        lines.extend([styled![], log]);
    }
    lines
}

fn with_blanks_between(reports: Vec<Vec<Line>>) -> Vec<Line> {
    let mut lines = Vec::new();
    for report in reports {
        if !lines.is_empty() {
            lines.push(styled![]);
        }
        lines.extend(report);
    }
    lines
}

/// Returns what is wrong with a config, a report each.
fn diagnostics(diagnostics: &[Diagnostic]) -> Vec<Vec<Line>> {
    let told = diagnostics.iter().take(MOST_PROBLEMS);
    let mut reports: Vec<Vec<Line>> = told.map(warning_text).collect();
    let rest = diagnostics.len() - reports.len();
    if rest > 0 {
        reports.push(vec![format!("and {rest} more problems").into()]);
    }
    reports
}

/// Returns the lines of a warning of a config.
pub(crate) fn warning_text(warning: &Diagnostic) -> Vec<Line> {
    Report::of(warning).render()
}

/// Returns the lines of what a person should know, and what to do about it.
pub(crate) fn advice_text(title: &str, help: Option<String>) -> Vec<Line> {
    let report = Report {
        severity: Severity::Warning,
        code: None,
        title: title.to_owned(),
        places: Vec::new(),
        causes: Vec::new(),
        help,
        note: None,
    };
    report.render()
}

/// Warns of a `.env` file. Its text may hold a secret, so it is not shown.
pub(crate) fn environment_text(warning: &EnvironmentWarning) -> Vec<Line> {
    let place = warning.range.as_ref().map(Place::without_text);
    let report = Report {
        severity: Severity::Warning,
        code: None,
        title: warning.to_string(),
        places: place.into_iter().collect(),
        causes: Vec::new(),
        help: warning.help.map(str::to_owned),
        note: None,
    };
    report.render()
}

fn plain(failure: &Failure) -> Report {
    let place = match failure {
        Failure::Engine(error) => error.range().map(|range| Place::read(range, None)),
        _ => None,
    };
    Report {
        severity: Severity::Error,
        code: None,
        title: failure.to_string(),
        places: place.into_iter().collect(),
        causes: match failure {
            Failure::Engine(error) => Cause::of_each(error.causes()),
            _ => Vec::new(),
        },
        help: failure.help(),
        note: None,
    }
}

/// Returns the report of a failure at the end of a run, with the name of its log; what was told when it
/// happened is repeated in short.
fn at_the_end(failure: &NodeFailure, context: Option<&Context>) -> Vec<Line> {
    let told = context.map(|context| &context.told);
    let log = failure.apply_id.as_ref();
    let note = log.map(|log| format!("its log: rig log {}", log.short()));
    if told.is_some_and(|told| told.has_failure_of(&failure.node)) {
        let place = failure.range.as_ref().map(Place::without_text);
        let report = Report {
            help: None,
            note,
            ..failed(failure, place)
        };
        return report.render();
    }
    let place = failure.range.as_ref().map(|range| Place::read(range, None));
    let report = Report {
        note,
        ..failed(failure, place)
    };
    let is_output_told = told.is_some_and(|told| told.has_output_of(&failure.node));
    with_output(&report, failure, is_output_told)
}

/// Returns the report of a failure when it happens. Output that the person has just read is not told again.
pub(crate) fn failed_node_text(failure: &NodeFailure, is_output_told: bool) -> Vec<Line> {
    let place = failure.range.as_ref().map(|range| Place::read(range, None));
    with_output(&failed(failure, place), failure, is_output_told)
}

fn failed(failure: &NodeFailure, place: Option<Place>) -> Report {
    Report {
        severity: Severity::Error,
        code: None,
        title: format!("`{}` failed: {}", failure.node, message(failure)),
        places: place.into_iter().collect(),
        causes: Cause::of_each(&failure.causes),
        help: failure.help.clone(),
        note: None,
    }
}

fn with_output(report: &Report, failure: &NodeFailure, is_output_told: bool) -> Vec<Line> {
    let mut lines = report.render();
    let tail = output_tail(failure);
    if !tail.is_empty() && !is_output_told {
        let heading = format!("the last output of `{}`:", failure.node);
        lines.push(paint(FAINT, heading).into());
        let tail = output_lines(&tail.join("\n")).into_iter();
        lines.extend(tail.map(|line| styled!["  ", paint(FAINT, "|"), " ", line]));
    }
    lines
}

/// Gives the message without the output that it may repeat, for that is told beside it.
fn message(failure: &NodeFailure) -> &str {
    let message = failure.message.as_str();
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let mut tail = failure.output_tail.iter();
    let is_output = |line: &str| tail.any(|other| other.trim_end().ends_with(line.trim_end()));
    if rest.lines().all(is_output) {
        first
    } else {
        message
    }
}

fn log_line(failure: &Failure, context: Option<&Context>) -> Option<Line> {
    let Failure::Engine(error) = failure else {
        return None;
    };
    let EngineError::Failed { run: Some(run), .. } = &**error else {
        return None;
    };
    let path = context?.log_path(run)?;
    Some(styled!["the full log: ", shown_path(&path)])
}

impl Report {
    fn of(diagnostic: &Diagnostic) -> Self {
        let primary = diagnostic
            .range
            .as_ref()
            .map(|range| Place::read(range, None));
        let related = diagnostic
            .related
            .iter()
            .map(|related| Place::read(&related.range, Some(related.message.clone())));
        Self {
            severity: diagnostic.severity,
            code: Some(diagnostic.code.as_str()),
            title: diagnostic.message.clone(),
            places: primary.into_iter().chain(related).collect(),
            causes: Cause::of_each(&diagnostic.causes),
            help: diagnostic.help.clone(),
            note: None,
        }
    }

    /// The renderer gets texts that are safe to show, for what it returns has its own colors in it.
    fn render(&self) -> Vec<Line> {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let shown = |text: &str| escape_lines(&cut(text, MOST_OF_A_MESSAGE)).into_owned();
        let mut title = level.primary_title(shown(&self.title));
        if let Some(code) = self.code {
            title = title.id(code);
        }
        let mut group = Group::with_title(title);
        for place in &self.places {
            group = place.add_to(group);
        }
        let causes = self.causes.iter();
        let causes = causes.map(|cause| {
            (
                Level::NOTE.with_name(cause.wording.as_str()),
                &cause.message,
            )
        });
        let help = self.help.iter().map(|help| (Level::HELP, help));
        let mut groups = Vec::new();
        for (level, text) in causes.chain(help) {
            if self.places.is_empty() {
                groups.push(Group::with_title(level.secondary_title(shown(text))));
            } else {
                group = group.element(level.message(shown(text)));
            }
        }
        let note = self.note.as_deref().map(shown);
        groups.insert(
            0,
            group.elements(note.map(|note| Level::NOTE.message(note))),
        );
        let renderer = Renderer::styled();
        let render = |group| whole_output_lines(&renderer.render(&[group]));
        groups.into_iter().flat_map(render).collect()
    }
}

impl Cause {
    fn of_each(causes: &[ErrorCause]) -> Vec<Self> {
        listed(causes).iter().map(Self::of).collect()
    }

    fn of(listed: &ListedCause<'_>) -> Self {
        let message = &listed.cause.message;
        let place = listed.cause.range.as_ref().map(|range| {
            let (line, column) = (range.start.line, range.start.column);
            format!(" ({}:{line}:{column})", shown_path(&range.file))
        });
        Self {
            wording: listed.wording(),
            message: format!("{message}{}", place.unwrap_or_default()),
        }
    }
}

impl Place {
    fn without_text(range: &SourceRange) -> Self {
        Self {
            text: None,
            path: shown_path(&range.file),
            range: range.clone(),
            label: None,
        }
    }

    fn read(range: &SourceRange, label: Option<String>) -> Self {
        Self {
            text: read_excerpt(&range.file),
            path: shown_path(&range.file),
            range: range.clone(),
            label,
        }
    }

    fn add_to<'a>(&'a self, group: Group<'a>) -> Group<'a> {
        let Some((text, bytes)) = self.snippet() else {
            let origin = Origin::path(self.path.as_str())
                .line(self.range.start.line as usize)
                .char_column(self.range.start.column as usize);
            return group.element(origin);
        };
        let annotation = match &self.label {
            None => AnnotationKind::Primary.span(bytes),
            Some(label) => AnnotationKind::Context
                .span(bytes)
                .label(escape(&cut(label, MOST_OF_A_MESSAGE)).into_owned()),
        };
        group.element(
            Snippet::source(text)
                .path(self.path.as_str())
                .annotation(annotation),
        )
    }

    /// Gives the text and the bytes to underline; a range over many lines is cut to its first,
    /// so that a long handler does not fill the screen. Nothing where the file has moved on.
    fn snippet(&self) -> Option<(Cow<'_, str>, Range<usize>)> {
        let text = self.text.as_deref()?;
        let (start, end) = (
            self.range.bytes.start as usize,
            self.range.bytes.end as usize,
        );
        let marked = text.get(start..end)?;
        let first_line = marked.split(['\n', '\r']).next().unwrap_or_default();
        let before = without_unseen(&text[..start]).len();
        let marked = without_unseen(first_line).len();
        Some((without_unseen(text), before..before + marked))
    }
}

/// Returns a source text with a mark for each character that would not be seen; the renderer does so itself
/// with those of ASCII. Columns stay.
fn without_unseen(text: &str) -> Cow<'_, str> {
    let is_unseen = |character: char| !character.is_ascii() && is_escaped(character);
    if text.contains(is_unseen) {
        Cow::Owned(text.replace(is_unseen, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
