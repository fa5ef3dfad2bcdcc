//! Questions to the person: only on a terminal, always on stderr.

use std::io::{self, IsTerminal as _};

use dialoguer::{Confirm, Input, Password, Select, theme::ColorfulTheme};

use crate::{failure::Failure, signals, style};

/// Says whether there is somebody to ask.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a text.
pub(crate) fn text(
    question: &str,
    default: Option<&str>,
    may_be_empty: bool,
) -> Result<String, Failure> {
    let theme = theme();
    let mut input = Input::<String>::with_theme(&theme)
        .with_prompt(question)
        .allow_empty(may_be_empty);
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    answer(input.interact_text())
}

/// Asks for a text until it is one that can be used.
pub(crate) fn valid_text(
    question: &str,
    default: Option<&str>,
    judge: impl Fn(&str) -> Result<(), String>,
) -> Result<String, Failure> {
    let theme = theme();
    let mut input = Input::<String>::with_theme(&theme).with_prompt(question);
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    answer(
        input
            .validate_with(|text: &String| judge(text))
            .interact_text(),
    )
}

/// Asks for a text that nobody else is to see.
pub(crate) fn secret(question: &str) -> Result<String, Failure> {
    let theme = theme();
    answer(
        Password::with_theme(&theme)
            .with_prompt(question)
            .allow_empty_password(true)
            .interact(),
    )
}

/// Asks for yes or no.
pub(crate) fn confirm(question: &str, default: Option<bool>) -> Result<bool, Failure> {
    let theme = theme();
    let mut confirm = Confirm::with_theme(&theme).with_prompt(question);
    if let Some(default) = default {
        confirm = confirm.default(default);
    }
    answer(confirm.interact())
}

/// Asks for one of several things; gives its index.
pub(crate) fn select(question: &str, choices: &[String], default: usize) -> Result<usize, Failure> {
    let theme = theme();
    let select = Select::with_theme(&theme)
        .with_prompt(question)
        .items(choices)
        .default(default);
    answer(select.interact())
}

fn theme() -> ColorfulTheme {
    // Also makes Ctrl-C come back as an answer, so that the cursor is shown again.
    signals::token();
    console::set_colors_enabled_stderr(style::stderr_has_colors());
    ColorfulTheme::default()
}

fn answer<T>(result: dialoguer::Result<T>) -> Result<T, Failure> {
    result.map_err(|dialoguer::Error::IO(error)| {
        let _ = console::Term::stderr().show_cursor();
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
