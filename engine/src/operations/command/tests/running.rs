use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::operations::test_support::Project;

async fn check(payload: Value, expectation: &str) {
    let project = Project::with(&[("sub/file.txt", "in sub"), ("plain.sh", "echo never")]);
    assert_eq!(
        project.line("command.run", payload.clone()).await,
        expectation,
        "{payload}"
    );
}

#[tokio::test]
async fn commands_give_what_they_wrote_and_how_they_ended() {
    let cases = [
        (
            json!({ "argv": ["printf", "%s|", "a b", "", "$HOME"] }),
            r#"{"exitCode":0,"stdout":"a b||$HOME|","stderr":""}"#,
        ),
        (
            json!({ "shell": "echo $GREETING; echo oops >&2; exit 3" }),
            r#"{"exitCode":3,"stdout":"hello\n","stderr":"oops\n"}"#,
        ),
        (
            json!({ "shell": "echo ${GREETING-gone} $MORE", "env": { "GREETING": null, "MORE": "x" } }),
            r#"{"exitCode":0,"stdout":"gone x\n","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat", "file.txt"], "cwd": "sub" }),
            r#"{"exitCode":0,"stdout":"in sub","stderr":""}"#,
        ),
        (
            json!({ "argv": ["printenv", "PWD"] }),
            r#"{"exitCode":0,"stdout":"PROJECT\n","stderr":""}"#,
        ),
        (
            json!({ "argv": ["printenv", "PWD"], "cwd": "./sub/" }),
            r#"{"exitCode":0,"stdout":"PROJECT/sub\n","stderr":""}"#,
        ),
        (
            json!({ "shell": "echo $PWD", "cwd": "sub/../sub" }),
            r#"{"exitCode":0,"stdout":"PROJECT/sub\n","stderr":""}"#,
        ),
        (
            json!({ "argv": ["printenv", "PWD"], "cwd": "sub", "env": { "PWD": "/own" } }),
            r#"{"exitCode":0,"stdout":"/own\n","stderr":""}"#,
        ),
        (
            json!({ "argv": ["printenv", "PWD"], "env": { "PWD": null } }),
            r#"{"exitCode":1,"stdout":"","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat"], "stdin": "given ✓" }),
            r#"{"exitCode":0,"stdout":"given ✓","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat"], "stdin": "aGk=", "stdinEncoding": "base64" }),
            r#"{"exitCode":0,"stdout":"hi","stderr":""}"#,
        ),
        (
            json!({ "argv": ["cat"] }),
            r#"{"exitCode":0,"stdout":"","stderr":""}"#,
        ),
        (
            json!({ "shell": "kill -KILL $$" }),
            r#"{"exitCode":137,"stdout":"","stderr":"","signal":"SIGKILL"}"#,
        ),
        (
            json!({ "shell": "echo $0", "shellProgram": "bash" }),
            r#"{"exitCode":0,"stdout":"bash\n","stderr":""}"#,
        ),
        (
            json!({ "shell": r"printf '\377\376\000a\303'" }),
            "{\"exitCode\":0,\"stdout\":\"\u{fffd}\u{fffd}\\u0000a\u{fffd}\",\"stderr\":\"\"}",
        ),
        (
            json!({ "argv": ["sh", "../plain.sh"], "cwd": "sub", "timeoutMs": 60_000.5, "label": "x" }),
            r#"{"exitCode":0,"stdout":"never\n","stderr":""}"#,
        ),
    ];
    for (payload, expectation) in cases {
        check(payload, expectation).await;
    }
}

#[tokio::test]
async fn what_cannot_be_run_is_named() {
    let cases = [
        (
            json!({ "argv": ["no-such-program", "a b"], "env": { "PATH": "/nowhere" } }),
            "Error ENOENT: failed to run `no-such-program 'a b'`: there is no program \
             \"no-such-program\" in PATH (/nowhere) | install `no-such-program`, or add the \
             folder it is in to PATH",
        ),
        (
            json!({ "argv": ["./missing"] }),
            "Error ENOENT: failed to run `./missing` (PROJECT/./missing): no such file or folder",
        ),
        (
            json!({ "argv": ["./plain.sh"] }),
            "Error EACCES: failed to run `./plain.sh` (PROJECT/./plain.sh): permission denied",
        ),
        (
            json!({ "argv": ["true"], "cwd": "nowhere" }),
            "Error ENOENT: failed to run `true` in nowhere: no such file or folder",
        ),
        (
            json!({ "argv": ["true"], "cwd": "plain.sh" }),
            "Error ENOTDIR: failed to run `true` in plain.sh: part of the path is not a folder",
        ),
        (
            json!({ "argv": ["echo", "a\u{0}b"] }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to run `echo 'a\\0b'`: an argument or a \
             variable holds a NUL character",
        ),
        (
            json!({ "argv": ["true"], "env": { "A=B": "" } }),
            "TypeError ERR_INVALID_ARG_VALUE: failed to run `true`: \"A=B\" cannot be the name \
             of an environment variable",
        ),
        (json!({}), "one of `argv` and `shell` is needed"),
        (
            json!({ "argv": ["a"], "shell": "a" }),
            "`argv` and `shell` exclude each other",
        ),
        (
            json!({ "argv": [] }),
            "`argv` needs a program as its first element",
        ),
        (
            json!({ "argv": [""] }),
            "`argv` needs a program as its first element",
        ),
        (
            json!({ "argv": ["a"], "shellProgram": "sh" }),
            "`shellProgram` is for `shell`",
        ),
        (
            json!({ "argv": ["a"], "timeoutMs": -1 }),
            "-1 is not a number of milliseconds",
        ),
        (
            json!({ "argv": ["a"], "stdin": "*", "stdinEncoding": "base64" }),
            "`stdin` is not base64",
        ),
        (
            json!({ "argv": ["a"], "mode": "loud" }),
            "unknown variant `loud`",
        ),
        (
            json!({ "argv": ["a"], "shall": 1 }),
            "unknown field `shall`",
        ),
        (
            json!({ "argv": ["a"], "mode": "interactive", "stdin": "x" }),
            "`stdin` cannot be given to an interactive command",
        ),
        (
            json!({ "argv": ["a"], "mode": "detached", "stdin": "x" }),
            "`stdin` cannot be given to a detached command",
        ),
        (
            json!({ "argv": ["a"], "mode": "detached", "timeoutMs": 1 }),
            "`timeoutMs` is for a command that is waited for",
        ),
        (
            json!({ "argv": ["./missing"], "mode": "detached" }),
            "Error ENOENT: failed to run `./missing` (PROJECT/./missing): no such file or folder",
        ),
    ];
    for (payload, expectation) in cases {
        let project = Project::with(&[("plain.sh", "")]);
        let line = project.line("command.run", payload.clone()).await;
        assert!(line.contains(expectation), "{payload}: {line}");
        assert_eq!(project.events(), Vec::<Value>::new(), "{payload}");
    }
}

#[tokio::test]
async fn a_missing_interpreter_is_not_blamed_on_the_script() {
    let project = Project::with(&[("run", "#!/no/such/interpreter\n")]);
    make_executable(&project.path("run"));
    let line = project
        .line("command.run", json!({ "argv": ["./run"] }))
        .await;
    assert!(
        line.ends_with("| the interpreter its first line names is not there"),
        "{line}"
    );
}

#[tokio::test]
async fn programs_are_found_beside_folders_whose_names_are_no_text() {
    let mut project = Project::with(&[("bin/tool", "#!/bin/sh\necho \"$ODD\" | od -An -tx1\n")]);
    make_executable(&project.path("bin/tool"));
    let bin = project.path("bin").into_os_string().into_vec();
    let path = [&b"/opt/caf\xe9/bin:"[..], &bin, b":/usr/bin:/bin"].concat();
    let variables = [("PATH", path), ("ODD", b"\xff".to_vec())];
    let variables = variables.map(|(name, value)| (name.into(), OsString::from_vec(value)));
    project.context.environment.undecodable = Arc::new(variables.into());
    let line = project
        .line("command.run", json!({ "argv": ["tool"] }))
        .await;
    assert_eq!(line, r#"{"exitCode":0,"stdout":" ff 0a\n","stderr":""}"#);
    let line = project
        .line("command.run", json!({ "argv": ["no-such-program"] }))
        .await;
    assert!(line.contains("in PATH (/opt/caf\u{fffd}/bin:"), "{line}");
}

fn make_executable(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn programs_are_looked_up_in_the_environment_of_the_command() {
    let project = Project::with(&[("bin/tool", "#!/bin/sh\necho \"$0\"\n")]);
    make_executable(&project.path("bin/tool"));
    let path = project.path("bin").display().to_string();
    let run = json!({ "argv": ["tool"], "env": { "PATH": path } });
    let line = project.line("command.run", run).await;
    assert_eq!(
        line,
        r#"{"exitCode":0,"stdout":"PROJECT/bin/tool\n","stderr":""}"#
    );
}

#[tokio::test]
async fn events_tell_of_the_command_as_it_runs() {
    let project = Project::new();
    let run = json!({ "shell": "A=1 /bin/echo out; exit 2" });
    project.perform("command.run", run).await.unwrap();
    let run = json!({
        "argv": ["printf", "it's"], "reason": "to see it",
        "presentation": { "visible": true, "label": "print" },
    });
    project.perform("command.run", run).await.unwrap();
    assert_eq!(
        json!(project.events()),
        json!([
            {
                "type": "command.started", "nodePath": "build", "commandId": 1, "commandName": "echo",
                "command": "A=1 /bin/echo out; exit 2",
            },
            {
                "type": "command.output", "nodePath": "build", "commandId": 1, "commandName": "echo",
                "stream": "stdout", "data": "out\n",
            },
            {
                "type": "command.completed", "nodePath": "build", "commandId": 1, "commandName": "echo",
                "exitCode": 2,
            },
            {
                "type": "command.started", "nodePath": "build", "commandId": 2, "commandName": "print",
                "command": "printf \"it's\"",
            },
            {
                "type": "command.output", "nodePath": "build", "commandId": 2, "commandName": "print",
                "stream": "stdout", "data": "it's",
            },
            {
                "type": "command.completed", "nodePath": "build", "commandId": 2, "commandName": "print",
                "exitCode": 0,
            },
        ])
    );
}
