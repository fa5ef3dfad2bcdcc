//! `rig completion`: the scripts, and what they offer.

use std::process::Command;

use rigkit_tests::{Project, rig};

use crate::fixtures::{TWO, WEB};

/// Completes a line in bash with the script of `rig`; the cursor is at its end.
fn complete(project: &Project, line: &str) -> Vec<String> {
    let script = r#"
        eval "$(rig completion bash)"
        read -r -a COMP_WORDS <<< "$LINE"
        [[ $LINE == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=9
        complete=$(complete -p rig)
        [[ $complete =~ -F\ ([^ ]+) ]]
        "${BASH_REMATCH[1]}" rig "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let path = std::env::join_paths([
        rig().parent().unwrap(),
        "/usr/bin".as_ref(),
        "/bin".as_ref(),
    ])
    .unwrap();
    let output = Command::new("bash")
        .args(["--norc", "-c", script])
        .env_clear()
        .envs([("LINE", line), ("HOME", project.home().to_str().unwrap())])
        .env("PATH", path)
        .current_dir(project.root())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    let candidates = String::from_utf8(output.stdout).unwrap();
    candidates
        .lines()
        .map(|line| line.trim_end().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn bash_completes_what_the_project_has() {
    let project = Project::new(WEB);
    project.done("create one");
    project.done("create other");
    let check = |line: &str, expected: &[&str]| {
        let candidates = complete(&project, line);
        let mut found: Vec<&str> = candidates
            .iter()
            .map(String::as_str)
            .filter(|word| !word.starts_with('-'))
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{line}");
    };
    check("rig pl", &["plan"]);
    check("rig -w ", &["web"]);
    check("rig plan --workflow w", &["web"]);
    check(
        "rig apply --until ",
        &["api.api", "clone", "install", "link", "ui.ui"],
    );
    check("rig cache explain c", &["clone"]);
    check(
        "rig cache invalidate install ",
        &["api.api", "clone", "install", "link", "ui.ui"],
    );
    check("rig rm o", &["one", "other"]);
    check("rig run ", &["one", "other"]);
    check("rig run one ", &["read", "remove"]);
    check("rig do h", &["hello"]);
    check("rig do hello --mood ", &["happy", "sad"]);
    check(
        "rig graph --format ",
        &["dot", "json", "mermaid", "svg", "tree"],
    );
    check("rig completion ", &["bash", "fish", "zsh"]);
    let flags = complete(&project, "rig do hello --");
    for flag in ["--name", "--times", "--loud", "--mood", "--tags"] {
        assert!(flags.contains(&flag.to_owned()), "{flags:?}");
    }
}

#[test]
fn tasks_of_several_workflows_are_offered_once() {
    let project = Project::new(TWO);
    let offered = |line: &str| {
        let mut candidates = complete(&project, line);
        candidates.retain(|word| !word.starts_with('-'));
        candidates
    };
    assert_eq!(offered("rig apply --until "), ["prepare"]);
    assert_eq!(offered("rig -w api cache invalidate "), ["prepare"]);
    let command = project.command("-- rig apply --until p");
    let answer = command.env("RIG_COMPLETE", "fish").run().exits_with(0);
    assert_eq!(answer.stdout.trim_end(), "prepare\ta task of api, site");
}

#[test]
fn bash_completes_in_the_directory_that_was_typed() {
    let project = Project::new("");
    project.write("a/rig.config.ts", TWO.split_once("config.ts\n").unwrap().1);
    let workflows = complete(&project, "rig -C a plan -w ");
    assert_eq!(workflows, ["api", "site"]);
    // Without a project, or with a broken one, only what rig knows itself is left.
    assert!(complete(&project, "rig plan -w ").is_empty());
    project.write("a/rig.config.ts", "export const = 1;");
    assert!(complete(&project, "rig -C a plan -w ").is_empty());
    assert_eq!(complete(&project, "rig -C a pl"), ["plan"]);
}

/// These shells may not be here, so `rig` is asked the way their scripts ask.
#[test]
fn other_shells_have_scripts_that_ask_rig() {
    let project = Project::new(WEB);
    for (shell, marker) in [("zsh", "#compdef rig"), ("fish", "complete ")] {
        let script = project.done(&format!("completion {shell}")).stdout;
        assert!(script.contains(marker), "{script}");
        assert!(script.contains("RIG_COMPLETE"), "{script}");
    }
    let command = project.command("-- rig apply --until c");
    let answer = command.env("RIG_COMPLETE", "fish").run().exits_with(0);
    assert!(answer.stdout.starts_with("clone"), "{}", answer.stdout);
    let command = project.command("-- rig apply --until c");
    let answer = command
        .env("RIG_COMPLETE", "zsh")
        .env("_CLAP_COMPLETE_INDEX", "3")
        .run()
        .exits_with(0);
    assert!(answer.stdout.starts_with("clone"), "{}", answer.stdout);
    assert_eq!(project.rig("completion powershell").code, 2);
}

#[test]
fn the_script_is_for_the_shell_of_the_person() {
    let project = Project::new("");
    for shell in ["bash", "zsh", "fish"] {
        let named = project.done(&format!("completion {shell}")).stdout;
        let own = project
            .command("completion")
            .env("SHELL", format!("/usr/bin/{shell}"));
        assert_eq!(own.run().exits_with(0).stdout, named, "{shell}");
    }
    for shell in ["/bin/tcsh", "", "/"] {
        let refused = project
            .command("completion")
            .env("SHELL", shell)
            .run()
            .exits_with(2);
        assert!(
            refused.stderr.contains("rig completion bash|zsh|fish"),
            "{}",
            refused.stderr
        );
    }
    let refused = project
        .command("completion --json")
        .env_remove("SHELL")
        .run()
        .exits_with(2);
    assert_eq!(refused.error()["code"], "missing-answer");
}
