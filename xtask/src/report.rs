//! The results as people read them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a program for the terminal"
)]

use std::{fmt::Write as _, time::Duration};

use crate::{
    bench::{Failure, Ratio},
    editor::Figure,
    machine,
    measure::Measured,
};

/// Writes the results as Markdown.
pub(crate) fn markdown(
    measured: &[Measured],
    ratios: &[Ratio],
    applying: Duration,
    rounds: usize,
) -> String {
    let mut text = String::from(
        "# Performance\n\nWhole processes of the release build, timed from spawn to exit, taking turns; of two runs in a row\nthe second counts.\n",
    );
    text.push_str("Times on a shared machine wander; ratios of one run are what to compare.\n\n```sh\ncargo xtask bench --write docs/performance.md\n```\n\n");
    let mut line = |row: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = text.write_fmt(row);
    };
    line(format_args!(
        "Machine: {}. Rounds: {rounds}.\n\n",
        machine::describe()
    ));
    line(format_args!(
        "| command | median | fastest | peak memory | to reach |\n| --- | ---: | ---: | ---: | --- |\n"
    ));
    for one in measured {
        line(format_args!(
            "| {} | {:.1} ms | {:.1} ms | {} | {} |\n",
            one.name,
            one.median_ms(),
            one.fastest_ms(),
            memory(one.peak_mib),
            goal(one),
        ));
    }
    line(format_args!(
        "| `rig apply`, each further task that does nothing | {:.3} ms | | | 0.2 ms |\n",
        applying.as_secs_f64() * 1_000.0
    ));
    line(format_args!(
        "\n| ratio or difference | measured | at most |\n| --- | ---: | ---: |\n"
    ));
    for ratio in ratios {
        line(format_args!(
            "| {} | {:.2} | {:.2} |\n",
            ratio.name, ratio.value, ratio.limit
        ));
    }
    text.push_str(
        "\nThe last ratio is the median of those of all rounds of `cargo xtask identity`.\n",
    );
    text
}

/// Writes the figures of the language server as Markdown.
pub(crate) fn editor(figures: &[Figure]) -> String {
    let mut text = String::from(
        "\n## The language server\n\nThe real `rig lsp`, driven over its standard input and output by an editor that types digits into what\ntasks return, so that the task and all after it have to run.\n\n```sh\ncargo xtask editor\n```\n\n| what | median | 99 of 100 below | to reach |\n| --- | ---: | ---: | ---: |\n",
    );
    for figure in figures {
        let Figure {
            name,
            median,
            worst,
            limit,
            unit,
        } = figure;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {name} | {median:.1} {unit} | {worst:.1} {unit} | {limit} {unit} |"
        );
    }
    text
}

/// A process can be over before its memory was read once.
fn memory(peak_mib: f64) -> String {
    if peak_mib > 0.0 {
        format!("{peak_mib:.1} MiB")
    } else {
        String::new()
    }
}

fn goal(measured: &Measured) -> String {
    let time = measured.limit_ms.map(|limit| format!("{limit} ms"));
    let memory = measured.limit_mib.map(|limit| format!("{limit} MiB"));
    let parts: Vec<String> = time.into_iter().chain(memory).collect();
    parts.join(", ")
}

/// Prints a report.
pub(crate) fn print(report: &str) {
    println!("{report}");
}

/// Says what went wrong.
pub(crate) fn complain(error: &Failure) {
    eprintln!("error: {error}");
}
