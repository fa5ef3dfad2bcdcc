#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Open, hand_over};
use crate::operations::test_support::{Project, error_line};

/// Longer than any opener here runs.
const NEVER: Duration = Duration::from_hours(1);

fn example() -> Open {
    Open {
        target: "https://example.com".to_owned(),
    }
}

/// Makes a project whose environment has these openers and no others.
fn project_with(openers: &[(&str, &str)]) -> Project {
    let mut project = Project::new();
    fs::create_dir(project.path("bin")).unwrap();
    for (name, script) in openers {
        let path = project.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let bin = project.path("bin").display().to_string();
    project.set_variable("PATH", &bin);
    project
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn the_first_opener_that_works_is_used() {
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("xdg-open", "echo \"$@\" $GREETING > opened")], "null"),
        (
            &[
                ("xdg-open", "exit 3"),
                ("gio", "echo \"$2\" $GREETING > opened"),
            ],
            "null",
        ),
        (
            &[("xdg-open", "exit 3")],
            "Error -: failed to open \"https://example.com\": `xdg-open` ended with exit status: 3",
        ),
        (
            &[],
            "Error -: failed to open \"https://example.com\": none of the programs that open things \
             is there: `xdg-open`, `gio`, `gnome-open`, `kde-open6`, `kde-open5`, \
             `kde-open` | install one of them, or open \
             it by hand",
        ),
    ];
    for (openers, expectation) in cases {
        let project = project_with(openers);
        let result = hand_over(example(), NEVER, &project.context).await;
        let line = result.map_or_else(|error| error_line(&error), |answer| answer.to_string());
        assert_eq!(line, expectation);
        if expectation == "null" {
            let opened = fs::read_to_string(project.path("opened")).unwrap();
            assert_eq!(opened, "https://example.com hello\n");
        }
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn an_address_is_opened_by_the_browser_that_the_person_names() {
    let openers = [
        ("mine", "echo \"mine $1 $GREETING\" > opened"),
        ("broken", "exit 3"),
        ("xdg-open", "echo \"xdg-open\" > opened"),
    ];
    let check = async |browser: &str, target: &str, expected: &str| {
        let mut project = project_with(&openers);
        let variables = &mut project.context.environment.text;
        Arc::make_mut(variables).insert("BROWSER".to_owned(), browser.to_owned());
        let open = Open {
            target: target.to_owned(),
        };
        let result = hand_over(open, NEVER, &project.context).await;
        let line = match result {
            Ok(_) => fs::read_to_string(project.path("opened")).unwrap(),
            Err(error) => error_line(&error),
        };
        assert_eq!(line.trim_end(), expected, "{browser}");
    };
    let address = "https://example.com";
    check("mine", address, "mine https://example.com hello").await;
    check(
        "absent:broken:mine %s",
        address,
        "mine https://example.com hello",
    )
    .await;
    check("mine", "report.html", "xdg-open").await;
    check(
        "broken",
        address,
        "Error -: failed to open \"https://example.com\": `broken` ended with exit status: 3",
    )
    .await;
    check(
        "absent",
        address,
        "Error -: failed to open \"https://example.com\": none of the programs in the variable BROWSER is \
         there: `absent` | set BROWSER to one that is, or open it by hand: --no-open",
    )
    .await;
}

#[tokio::test]
async fn an_empty_target_is_refused() {
    let line = Project::new()
        .line("local.open", json!({ "target": "" }))
        .await;
    assert_eq!(
        line,
        "TypeError ERR_INVALID_ARG_VALUE: failed to open \"\": the target is empty"
    );
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn an_opener_that_keeps_running_has_taken_over() {
    let project = project_with(&[("xdg-open", "read end < end")]);
    let end = project.path("end");
    nix::unistd::mkfifo(&end, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let answer = hand_over(example(), Duration::ZERO, &project.context).await;
    assert_eq!(answer.unwrap(), json!(null));
    // Only a living reader lets the fifo be opened.
    tokio::task::spawn_blocking(|| fs::write(end, "\n").unwrap())
        .await
        .unwrap();
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn opening_can_be_cancelled() {
    let project = project_with(&[("xdg-open", "exec sleep 1000")]);
    let cancel = project.context.cancel.clone();
    let (result, ()) = tokio::join!(hand_over(example(), NEVER, &project.context), async {
        cancel.cancel();
    });
    assert_eq!(result.unwrap_err().name(), "AbortError");
}
