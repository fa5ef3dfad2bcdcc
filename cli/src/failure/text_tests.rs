#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc};

use insta::assert_snapshot;
use rigkit_engine::{
    diagnostic::DiagnosticCode, error::NameKind, error_cause::CauseRelation, project::LoadError,
    source::LineIndex,
};

use super::*;

const CONFIG: &str = "import { workflow } from \"@rigkit/sdk\";\n\nexport const web = workflow(\"web\").task(\"a\", async () => {\n  throw new Error();\n}).task(\"a\");\n";

fn config() -> (tempfile::TempDir, impl Fn(&str) -> SourceRange) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rig.config.ts");
    std::fs::write(&path, CONFIG).unwrap();
    let range = move |text: &str| {
        let start = CONFIG.find(text).unwrap();
        let bytes = u32::try_from(start).unwrap()..u32::try_from(start + text.len()).unwrap();
        SourceRange::new(&path, &LineIndex::new(Arc::from(CONFIG)), bytes)
    };
    (directory, range)
}

fn plain(lines: &[Line]) -> String {
    let lines: Vec<String> = lines.iter().map(Line::plain).collect();
    lines.join("\n")
}

fn rendered(error: EngineError, directory: &Path) -> String {
    let text = plain(&of(&Failure::from(error), None));
    text.replace(&directory.display().to_string(), "PROJECT")
}

#[test]
fn several_problems_each_show_their_place() {
    let (directory, range) = config();
    let problems = vec![
        Diagnostic::error(DiagnosticCode::DuplicateTask, "there are two tasks `a`")
            .at(range(".task(\"a\");"))
            .related(
                "the first is here",
                Some(range("task(\"a\", async () => {\n  throw")),
            )
            .help("rename one of them"),
        Diagnostic::error(
            DiagnosticCode::MissingHandler,
            "the task `a` has no handler",
        )
        .at(range("\"a\");")),
    ];
    assert_snapshot!(rendered(LoadError::Invalid(problems).into(), directory.path()), @r#"
    error[duplicate-task]: there are two tasks `a`
     --> PROJECT/rig.config.ts:5:3
      |
    5 | }).task("a");
      |   ^^^^^^^^^^^
      |
     ::: PROJECT/rig.config.ts:3:36
      |
    3 | export const web = workflow("web").task("a", async () => {
      |                                    ----------------------- the first is here
      |
      = help: rename one of them

    error[missing-handler]: the task `a` has no handler
     --> PROJECT/rig.config.ts:5:9
      |
    5 | }).task("a");
      |         ^^^^^
    "#);
}

#[test]
fn a_failed_task_shows_its_output() {
    let (directory, range) = config();
    let failure = NodeFailure {
        node: "a".to_owned(),
        message: "npm exited with 1".to_owned(),
        causes: Vec::new(),
        range: Some(range("throw new Error()")),
        help: Some("run it by hand".to_owned()),
        output_tail: vec!["one".to_owned(), "two".to_owned(), String::new()],
        exit_code: Some(1),
        apply_id: Some("0198c0de-0000-7000-8000-0123456789ab".into()),
    };
    let error = EngineError::Failed {
        failures: vec![failure],
        run: None,
    };
    assert_snapshot!(rendered(error, directory.path()), @"
    error: `a` failed: npm exited with 1
     --> PROJECT/rig.config.ts:4:3
      |
    4 |   throw new Error();
      |   ^^^^^^^^^^^^^^^^^
      |
      = help: run it by hand
      = note: its log: rig log 0123456789ab
    the last output of `a`:
      | one
      | two
    ");
}

#[test]
fn what_stands_behind_an_error_is_told_below_it() {
    let (directory, range) = config();
    let cause = |relation, message: &str, range, causes| ErrorCause {
        relation,
        message: message.to_owned(),
        range,
        causes,
    };
    let place = Some(range("throw new Error()"));
    let wire = cause(CauseRelation::Cause, "a wire is loose", place, Vec::new());
    let causes = vec![
        cause(CauseRelation::Member, "no gauge\nat all", None, vec![wire]),
        cause(CauseRelation::Cause, "no\u{9b}2J heat", None, Vec::new()),
    ];
    let problem = |range| {
        let problem = Diagnostic::error(DiagnosticCode::DefinitionThrew, "cold");
        problem.at(range).caused_by(causes.clone()).help("heat it")
    };
    let problems = vec![problem(Some(range("throw new Error()"))), problem(None)];
    assert_snapshot!(rendered(LoadError::Invalid(problems).into(), directory.path()), @r"
    error[definition-threw]: cold
     --> PROJECT/rig.config.ts:4:3
      |
    4 |   throw new Error();
      |   ^^^^^^^^^^^^^^^^^
      |
      = one of its errors: no gauge
                           at all
      =   caused by: a wire is loose (PROJECT/rig.config.ts:4:3)
      = caused by: no\u{9b}2J heat
      = help: heat it

    error[definition-threw]: cold
    one of its errors: no gauge
                       at all
      caused by: a wire is loose (PROJECT/rig.config.ts:4:3)
    caused by: no\u{9b}2J heat
    help: heat it
    ");
}

#[test]
fn output_is_told_once() {
    let check = |message: &str, is_told, expected: &str| {
        let failure = NodeFailure {
            node: "a".to_owned(),
            message: message.to_owned(),
            causes: Vec::new(),
            range: None,
            help: None,
            output_tail: ["warning: x", "error: y"].map(str::to_owned).into(),
            exit_code: None,
            apply_id: None,
        };
        let text = plain(&failed_node_text(&failure, is_told));
        assert_eq!(text, expected, "{message}");
    };
    let tail = "the last output of `a`:\n  | warning: x\n  | error: y";
    let short = "error: `a` failed: npm exited with 1";
    check("npm exited with 1\nerror: y", true, short);
    check("npm exited with 1\nning: x\nerror: y", true, short);
    check(
        "npm exited with 1\nerror: y",
        false,
        &format!("{short}\n{tail}"),
    );
    let other = "npm exited with 1\n       and that is all";
    check(
        "npm exited with 1\nand that is all",
        true,
        &format!("error: `a` failed: {other}"),
    );
}

#[test]
fn a_file_that_moved_on_still_has_its_place_named() {
    let (directory, range) = config();
    let range = range("throw new Error()");
    std::fs::write(&range.file, "short").unwrap();
    let problem = Diagnostic::error(DiagnosticCode::DefinitionThrew, "boom").at(range);
    assert_snapshot!(rendered(LoadError::Invalid(vec![problem]).into(), directory.path()), @"
    error[definition-threw]: boom
    --> PROJECT/rig.config.ts:4:3
    ");
}

#[test]
fn an_unknown_name_gets_the_nearest() {
    let error = EngineError::Unknown {
        kind: NameKind::Workflow,
        name: "wbe".to_owned(),
        known: vec!["web".to_owned(), "api".to_owned()],
    };
    assert_snapshot!(rendered(error, Path::new("/nowhere")), @"
    error: there is no workflow `wbe`
    help: did you mean `web`? there is also: api
    ");
}

#[test]
fn nothing_of_a_problem_is_obeyed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a\u{1b}[2J\n.ts");
    let config = "const size = \"\u{1b}]0;x\u{7}\u{202e}\u{9b}2J\u{200b}\"; throw size;\n";
    std::fs::write(&path, config).unwrap();
    let start = u32::try_from(config.find("throw").unwrap()).unwrap();
    let index = LineIndex::new(Arc::from(config));
    let range = SourceRange::new(&path, &index, start..start + 5);
    let problem = Diagnostic::error(DiagnosticCode::DefinitionThrew, "a\u{9b}2J\r\nb\u{1b}[31m")
        .at(range.clone())
        .related("c\u{85}d\n", Some(range))
        .help("e\u{2028}f");
    assert_snapshot!(rendered(LoadError::Invalid(vec![problem]).into(), directory.path()), @r#"
    error[definition-threw]: a\u{9b}2J
                             b\u{1b}[31m
     --> PROJECT/a\u{1b}[2J\n.ts:1:29
      |
    1 | const size = "␛]0;x␇��2J�"; throw size;
      |                             ^^^^^
      |
     ::: PROJECT/a\u{1b}[2J\n.ts:1:29
      |
    1 | const size = "␛]0;x␇��2J�"; throw size;
      |                             ----- c\u{85}d\n
      |
      = help: e\u{2028}f
    "#);
}

#[test]
fn a_long_message_and_many_problems_are_cut() {
    let problem = || Diagnostic::error(DiagnosticCode::DefinitionThrew, "x".repeat(1_000_000));
    let problems = (0..60).map(|_| problem()).collect();
    let text = rendered(LoadError::Invalid(problems).into(), Path::new("/nowhere"));
    assert!(text.ends_with("\n\nand 10 more problems"), "{text}");
    assert_eq!(text.matches("xx… 999,000 more").count(), 50);
}
