#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use serde_json::json;

use crate::operations::test_support::Project;

/// Makes a project whose environment has these openers and no others.
fn project_with(openers: &[(&str, &str)]) -> Project {
    let mut project = Project::new();
    fs::create_dir(project.path("bin")).unwrap();
    for (name, script) in openers {
        let path = project.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut environment = (*project.context.environment).clone();
    let bin = project.path("bin").display().to_string();
    environment.insert("PATH".to_owned(), bin);
    project.context.environment = Arc::new(environment);
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
        let target = json!({ "target": "https://example.com" });
        assert_eq!(project.line("local.open", target).await, expectation);
        if expectation == "null" {
            let opened = fs::read_to_string(project.path("opened")).unwrap();
            assert_eq!(opened, "https://example.com hello\n");
        }
    }
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
