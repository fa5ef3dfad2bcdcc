//! What every command understands.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::Value;

use crate::fixtures::{TWO, WEB};

const COMMANDS: [&str; 22] = [
    "init",
    "types",
    "plan",
    "apply",
    "create",
    "run",
    "do",
    "rm",
    "ls",
    "cache",
    "cache ls",
    "cache explain",
    "cache invalidate",
    "cache clear",
    "storage",
    "storage ls",
    "storage clear",
    "graph",
    "log",
    "projects",
    "doctor",
    "completion",
];

#[test]
fn every_command_has_help() {
    let project = Project::new("");
    assert_snapshot!("help", project.transcript(&["--help", "-h"]));
    for command in COMMANDS {
        let told = project.transcript(&[&format!("{command} --help")]);
        assert_snapshot!(format!("help_{}", command.replace(' ', "_")), told);
    }
}

#[test]
fn the_version_is_told() {
    let project = Project::new("");
    for line in ["--version", "-V"] {
        let output = project.done(line);
        assert_eq!(
            output.stdout,
            format!("rig {}\n", env!("CARGO_PKG_VERSION"))
        );
        assert_eq!(output.stderr, "");
    }
    for line in ["version --json", "--version --json", "--json -V"] {
        let document = project.done(line).document("version.json");
        assert_eq!(document["version"], env!("CARGO_PKG_VERSION"), "{line}");
    }
}

#[test]
fn what_is_missing_is_named_in_documents_as_well() {
    let project = Project::new(WEB);
    project.done("create one");
    for (line, name) in [
        ("rm", "NAME"),
        ("run one", "OPERATION"),
        ("run", "WORKSPACE"),
        ("create", "NAME"),
        ("cache invalidate", "TASK"),
        ("storage clear", "PROVIDER"),
        ("cache", "subcommand"),
        ("apply --jobs", "N"),
    ] {
        let told = project.rig(line).exits_with(2).stderr;
        let error = project.rig(&format!("{line} --json")).exits_with(2).error();
        let message = error["message"].as_str().unwrap();
        let help = error["help"].as_str().unwrap_or_default();
        assert!(
            message.contains(name) || help.contains(name),
            "{line}: {error}"
        );
        assert!(told.contains(name), "{line}: {told}");
    }
}

#[test]
fn help_and_version_may_be_words() {
    let project = Project::new("");
    for (line, flag) in [
        ("help", "--help"),
        ("help plan", "plan --help"),
        ("help cache ls", "cache ls --help"),
        ("cache help ls", "cache ls --help"),
        ("version", "--version"),
    ] {
        let (word, flag) = (project.done(line), project.done(flag));
        assert_eq!(
            (word.stdout, word.stderr),
            (flag.stdout, flag.stderr),
            "{line}"
        );
    }
    assert_eq!(project.rig("help nothing").code, 2);
}

#[test]
fn commands_of_other_tools_get_a_tip() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&["status", "list", "delete one", "frobnicate"]));
    for (line, help) in [
        ("status --json", "what comes nearest is `rig plan`"),
        ("up --json", "what comes nearest is `rig apply`"),
        ("plam --json", "did you mean `plan`?"),
    ] {
        let error = project.rig(line).exits_with(2).error();
        assert_eq!(error["help"], help, "{line}");
    }
}

#[test]
fn a_workflow_without_its_flag_is_recognized() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&[
        "apply web",
        "plan web",
        "plan nothing",
        "apply missing.json",
        "apply --plan missing.json",
        "do hello --input @missing.json",
    ]));
    for line in [
        "apply web",
        "apply missing.json",
        "do hello --input @missing.json",
    ] {
        let error = project.rig(&format!("{line} --json")).exits_with(2).error();
        assert_eq!(error["code"], "bad-file", "{line}");
    }
    let error = project.rig("plan web --json").exits_with(2).error();
    assert_eq!(error["code"], "usage");
    assert!(!project.path("ran.log").exists());
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let project = Project::new(WEB);
    assert_snapshot!(project.transcript(&[
        "",
        "plam",
        "plan --detailed",
        "plan --workflow",
        "apply --jobs 0",
        "-q -v plan"
    ]));
    for line in ["plam --json", "plan --json --nonsense", "--json"] {
        let output = project.rig(line).exits_with(2);
        assert_eq!(output.error()["code"], "usage", "{line}");
        assert_eq!(output.stderr, "", "{line}");
    }
}

#[test]
fn a_project_is_found_from_below_or_from_elsewhere() {
    let project = Project::new(WEB);
    std::fs::create_dir_all(project.path("deep/below")).unwrap();
    let plan = project.done("plan").stdout;
    let run = |line: &str, directory: &str| {
        project
            .command(line)
            .directory(project.outside().join(directory))
            .run()
    };
    assert_eq!(run("plan", "project/deep/below").stdout, plan);
    assert_eq!(run("-C project plan", ".").stdout, plan);
    assert_eq!(run("plan --chdir=../project/deep", "home").stdout, plan);
    let told =
        ["plan", "plan --json", "-C missing plan"].map(|line| run(line, "home").transcript());
    assert_snapshot!(project.redact(&told.join("\n")));
    assert_eq!(
        run("ls --json", "home").exits_with(1).error()["code"],
        "no-project"
    );
    assert_eq!(
        run("-C missing ls --json", "home").exits_with(2).error()["code"],
        "bad-directory"
    );
}

#[test]
fn two_configs_in_one_directory_are_refused() {
    let project = Project::new(WEB);
    project.write("rigkit/index.ts", "");
    assert_snapshot!(project.transcript(&["plan"]));
    assert_eq!(
        project.rig("plan --json").exits_with(1).error()["code"],
        "ambiguous-project"
    );
}

#[test]
fn the_state_can_be_elsewhere() {
    let project = Project::new(WEB);
    project.done("apply --state ../elsewhere/state.db");
    assert!(project.outside().join("elsewhere/state.db").is_file());
    assert!(!project.path(".rigkit/state.sqlite").exists());
    let cached = |line: &str| {
        project.done(line).document("plan.json")["workflows"][0]["cachedNodeCount"].clone()
    };
    assert_eq!(cached("plan --json"), 0);
    assert_eq!(cached("plan --json --state ../elsewhere/state.db"), 5);
}

#[test]
fn a_workflow_is_named_with_either_flag() {
    let project = Project::new(TWO);
    let names = |line: &str| {
        let document = project.done(line).document("plan.json");
        let workflows = document["workflows"].as_array().unwrap();
        workflows
            .iter()
            .map(|workflow| workflow["workflow"].as_str().unwrap().to_owned())
            .collect::<Vec<String>>()
    };
    assert_eq!(names("plan --json"), ["api", "site"]);
    assert_eq!(names("-w api plan --json"), ["api"]);
    assert_eq!(names("plan --workflow=site --json"), ["site"]);
    assert_eq!(
        project.rig("plan -w nothing --json").exits_with(2).error()["code"],
        "unknown-workflow"
    );
}

#[test]
fn colors_come_when_they_are_wanted() {
    let project = Project::new(WEB);
    let is_colored = |line: &str, variable: Option<(&str, &str)>| {
        let command = project.command(line).env_remove("NO_COLOR");
        let command = match variable {
            Some((name, value)) => command.env(name, value),
            None => command,
        };
        let output = command.run();
        let text = format!("{}{}", output.stdout, output.stderr);
        assert!(!text.is_empty());
        text.contains('\u{1b}')
    };
    assert!(!is_colored("plan", None), "no terminal, no colors");
    assert!(is_colored("plan --color always", None));
    assert!(
        is_colored("plan --color=always", Some(("NO_COLOR", "1"))),
        "what is typed wins"
    );
    assert!(!is_colored("plan --color never", None));
    assert!(!is_colored("plan", Some(("NO_COLOR", "1"))));
    assert!(is_colored("--color always plam", None));
    assert!(is_colored("apply --color always --until clone", None));
    assert!(is_colored("apply --color always --until nothing", None));
    assert!(
        !is_colored("plan --json --color always", None),
        "a document has none"
    );
    assert_eq!(project.rig("plan --color sometimes").code, 2);
}

#[test]
fn quiet_leaves_results_and_errors() {
    let project = Project::new(WEB);
    for (line, stdout) in [
        ("apply -q", ""),
        ("create one -q", "one\n"),
        ("run one read -q", "http://localhost:3000\n"),
        ("rm one --yes -q", ""),
        ("cache invalidate --all -q", ""),
        ("cache clear --yes --quiet", ""),
        ("types -q", ""),
        ("init -q", ""),
    ] {
        let output = project.done(line);
        assert_eq!(
            (output.stdout.as_str(), output.stderr.as_str()),
            (stdout, ""),
            "{line}"
        );
    }
    assert_ne!(project.rig("apply -q --until nothing").stderr, "");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let project = Project::new(WEB);
    for value in ["0", "-1", "soon"] {
        let output = project
            .command("plan --json")
            .env("RIGKIT_CPU_LIMIT_MS", value)
            .run();
        assert_eq!(output.exits_with(2).error()["code"], "bad-setting");
    }
    let told = project
        .command("plan")
        .env("RIGKIT_MEMORY_LIMIT_MIB", "lots")
        .run()
        .transcript();
    assert_snapshot!(told);
}

/// Each document of a command that fails has an `error` and nothing else.
#[test]
fn failures_are_documents_whatever_the_command() {
    let project = Project::new("//- /rig.config.ts\nexport const = 1;\n");
    for line in [
        "plan",
        "apply",
        "create x",
        "do x",
        "cache explain",
        "graph",
    ] {
        let output = project.rig(&format!("{line} --json")).exits_with(1);
        let error = output.error();
        assert_eq!(error["position"]["line"], 1, "{line}");
        assert_eq!(error["position"]["column"], 14, "{line}");
        assert!(matches!(error["problems"], Value::Array(_)), "{line}");
    }
}
