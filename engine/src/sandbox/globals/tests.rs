#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

//! Each file in `tests/` is a table of cases: JavaScript, then `//=>` and the JSON it gives.
//!
//! Code with a `return` is the body of an async function, any other an expression. What it throws
//! is expected as `throws NAME: MESSAGE`. `printed()` gives what went to the console so far.

use std::{cell::RefCell, fmt::Write as _, rc::Rc, sync::Arc};

use rquickjs::{CatchResultExt, Context, Ctx, Function, Runtime};

use super::{ConsoleMessage, GlobalsOptions, install, install_handler_globals};
use crate::sandbox::Variables;

const MEMORY_LIMIT: usize = 256 << 20;

/// How often the engine may ask whether to go on; far more than any case needs.
const PATIENCE: u32 = 5_000;

/// Which part of a handler's life a case plays in.
#[derive(Clone, Copy)]
enum Phase {
    Defining,
    Handling,
}

#[test]
fn the_console_prints_readable_text() {
    check(include_str!("tests/console.txt"), Phase::Defining);
}

#[test]
fn values_are_printed_like_node_prints_them() {
    check(include_str!("tests/inspect.txt"), Phase::Defining);
}

#[test]
fn the_environment_can_be_read_and_not_written() {
    check(include_str!("tests/process.txt"), Phase::Defining);
}

#[test]
fn urls_follow_the_standard() {
    check(include_str!("tests/url.txt"), Phase::Defining);
}

#[test]
fn search_params_follow_the_standard() {
    check(include_str!("tests/url_search_params.txt"), Phase::Defining);
}

#[test]
fn blobs_files_and_forms_hold_their_parts() {
    check(include_str!("tests/blob.txt"), Phase::Defining);
}

#[test]
fn text_is_encoded_and_decoded() {
    check(include_str!("tests/text.txt"), Phase::Defining);
}

#[test]
fn values_are_cloned_with_their_structure() {
    check(include_str!("tests/structured_clone.txt"), Phase::Defining);
}

#[test]
fn globals_are_plain_properties_made_on_first_use() {
    check(include_str!("tests/globals.txt"), Phase::Defining);
}

#[test]
fn timers_run_and_can_be_cleared() {
    check(include_str!("tests/timers.txt"), Phase::Handling);
}

#[test]
fn signals_abort() {
    check(include_str!("tests/abort.txt"), Phase::Handling);
}

#[test]
fn events_reach_their_listeners() {
    check(include_str!("tests/events.txt"), Phase::Handling);
}

#[test]
fn fetch_goes_through_the_host() {
    check(include_str!("tests/fetch.txt"), Phase::Handling);
}

#[test]
fn requests_and_responses_hold_their_parts() {
    check(include_str!("tests/request_response.txt"), Phase::Handling);
}

#[test]
fn random_values_and_the_clock_work() {
    check(include_str!("tests/crypto.txt"), Phase::Handling);
}

fn check(table: &str, phase: Phase) {
    let mut failures = String::new();
    for (code, expected) in cases(table) {
        let found = evaluate(&code, phase);
        if found != expected {
            let _ = writeln!(
                failures,
                "{code}\n  expected {expected}\n  found    {found}\n"
            );
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// The cases of a table; its lines that start with `#` are comments.
fn cases(table: &str) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    let mut code: Vec<&str> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some(expected) = line.strip_prefix("//=> ") {
            cases.push((code.join("\n"), expected.to_owned()));
            code.clear();
        } else if !line.is_empty() {
            code.push(line);
        }
    }
    assert!(code.is_empty(), "the last case has no result: {code:?}");
    assert!(!cases.is_empty(), "a table without cases");
    cases
}

fn evaluate(code: &str, phase: Phase) -> String {
    let runtime = Runtime::new().unwrap();
    runtime.set_memory_limit(MEMORY_LIMIT);
    let mut polls = 0;
    runtime.set_interrupt_handler(Some(Box::new(move || {
        polls += 1;
        polls > PATIENCE
    })));
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| {
        prepare(&ctx, phase);
        let result: Rc<RefCell<Option<String>>> = Rc::default();
        let answer = Rc::clone(&result);
        let answer = Function::new(ctx.clone(), move |text| *answer.borrow_mut() = Some(text));
        let run: Function<'_> = ctx.eval(RUNNER).catch(&ctx).unwrap();
        let is_body = code.contains("return ");
        let code = if is_body {
            format!("{{{code}}}")
        } else {
            format!("{{return ({code}\n)}}")
        };
        let () = run.call((code, answer.unwrap())).catch(&ctx).unwrap();
        while ctx.execute_pending_job() {}
        result.take().unwrap_or_else(|| "never settles".to_owned())
    })
}

const RUNNER: &str = r#"((code, answer) => {
    const failed = (error) => answer(`throws ${error?.name}: ${error?.message}`);
    let run;
    try {
        run = (0, eval)(`"use strict"; (async () => ${code})`);
    } catch (error) {
        return failed(error);
    }
    run().then((value) => answer(JSON.stringify(value) ?? "undefined")).catch(failed);
})"#;

fn prepare(ctx: &Ctx<'_>, phase: Phase) {
    let messages: Rc<RefCell<Vec<ConsoleMessage>>> = Rc::default();
    let sink = Rc::clone(&messages);
    let variables = [
        ("HOME", "/home/me"),
        ("EMPTY", ""),
        ("__proto__", "odd"),
        ("7", "seven"),
    ];
    let options = GlobalsOptions {
        variables: Variables::new(Arc::new(
            variables.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        )),
        console: Rc::new(move |message| sink.borrow_mut().push(message)),
    };
    install(ctx, &options).catch(ctx).unwrap();
    let printed = Function::new(ctx.clone(), move || print_all(&messages.borrow()));
    ctx.globals().set("printed", printed.unwrap()).unwrap();
    if let Phase::Handling = phase {
        let () = ctx
            .eval(include_str!("tests/fake_host.js"))
            .catch(ctx)
            .unwrap();
        install_handler_globals(ctx).catch(ctx).unwrap();
    }
}

fn print_all(messages: &[ConsoleMessage]) -> Vec<String> {
    let print = |message: &ConsoleMessage| format!("{:?} {}", message.level, message.text);
    messages.iter().map(print).collect()
}
