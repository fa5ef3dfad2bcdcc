//! Questions to the person: only on a terminal, always on stderr.
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "here is where questions are made safe to show"
)]

use std::io::{self, IsTerminal as _};

use dialoguer::{Confirm, Input, MultiSelect, Password, Select, theme::ColorfulTheme};
use rigkit_engine::display_text::{MOST_OF_A_MESSAGE, cut, escape, is_shown_as_written};

use crate::{failure::Failure, output, progress, signals};

/// Says whether there is somebody to ask.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && output::is_stderr_terminal()
}

/// Asks for a text.
pub(crate) fn text(
    question: &str,
    default: Option<&str>,
    may_be_empty: bool,
) -> Result<String, Failure> {
    let theme = theme();
    let input = input(&theme, question, default).allow_empty(may_be_empty);
    answer(input.interact_text())
}

/// Asks for a text until it is one that can be used.
pub(crate) fn valid_text(
    question: &str,
    default: Option<&str>,
    judge: impl Fn(&str) -> Result<(), String>,
) -> Result<String, Failure> {
    let theme = theme();
    let judge = |text: &String| judge(text).map_err(|problem| shown(&problem));
    let input = input(&theme, question, default).validate_with(judge);
    answer(input.interact_text())
}

/// A default that is not shown as it is written is shown with the question.
fn input<'a>(theme: &'a ColorfulTheme, question: &str, default: Option<&str>) -> Input<'a, String> {
    let input = Input::with_theme(theme);
    match default {
        None => input.with_prompt(shown(question)),
        Some(default) if is_shown_as_written(default) => input
            .with_prompt(shown(question))
            .default(default.to_owned()),
        Some(default) => input
            .with_prompt(format!("{} ({})", shown(question), shown(default)))
            .default(default.to_owned())
            .show_default(false),
    }
}

/// Asks for a text that nobody else is to see.
pub(crate) fn secret(question: &str) -> Result<String, Failure> {
    let theme = theme();
    answer(
        Password::with_theme(&theme)
            .with_prompt(shown(question))
            .allow_empty_password(true)
            .interact(),
    )
}

/// Asks for yes or no.
pub(crate) fn confirm(question: &str, default: Option<bool>) -> Result<bool, Failure> {
    let theme = theme();
    let mut confirm = Confirm::with_theme(&theme).with_prompt(shown(question));
    if let Some(default) = default {
        confirm = confirm.default(default);
    }
    answer(confirm.interact())
}

/// Asks for one of several things; gives its index.
pub(crate) fn select(question: &str, choices: &[String], default: usize) -> Result<usize, Failure> {
    let theme = theme();
    let select = Select::with_theme(&theme)
        .with_prompt(shown(question))
        .items(choices.iter().map(|choice| shown(choice)))
        .default(default);
    answer(select.interact())
}

/// Asks for some of several things; gives their indexes, in their order.
pub(crate) fn select_several(question: &str, choices: &[String]) -> Result<Vec<usize>, Failure> {
    let theme = theme();
    let select = MultiSelect::with_theme(&theme)
        .with_prompt(format!("{} (space marks, enter goes on)", shown(question)))
        .items(choices.iter().map(|choice| shown(choice)));
    answer(select.interact())
}

/// Shows the cursor again, which a question may have hidden.
pub(crate) fn show_cursor() {
    if progress::can_move_cursor() {
        let _ = console::Term::stderr().show_cursor();
    }
}

fn shown(text: &str) -> String {
    escape(&cut(text, MOST_OF_A_MESSAGE)).into_owned()
}

fn theme() -> ColorfulTheme {
    // Also makes Ctrl-C come back as an answer, so that the cursor is shown again.
    signals::token();
    console::set_colors_enabled_stderr(output::stderr_has_colors());
    ColorfulTheme::default()
}

fn answer<T>(result: dialoguer::Result<T>) -> Result<T, Failure> {
    result.map_err(|dialoguer::Error::IO(error)| {
        show_cursor();
        match error.kind() {
            io::ErrorKind::Interrupted => {
                // The handler of the signal may come later than this answer.
                signals::token().cancel();
                Failure::Cancelled
            }
            io::ErrorKind::UnexpectedEof => Failure::Cancelled,
            _ => Failure::Output(error),
        }
    })
}
