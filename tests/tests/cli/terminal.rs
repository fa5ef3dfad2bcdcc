//! What a person sees and is asked on a terminal.

use std::fs;

use insta::assert_snapshot;
use rigkit_tests::{Key, Project};

use crate::fixtures::{TWO, WEB};

/// A task that tells something, and ends when it is told to.
const WAITING: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("prepare", () => {})
  .task("wait", async ({ host, step }) => {
    step.signal.addEventListener("abort", () => {});
    await host.exec("echo compiling 3 of 7; sh -c 'echo $$ > pid; exec sleep 1000' & read go < go; kill $!");
  });
"#;

#[test]
fn a_running_task_shows_its_last_line_and_a_finished_one_its_time() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let mut terminal = project.terminal("apply");
    terminal.wait_for("compiling 3 of 7");
    let running = terminal.screen();
    assert!(running.contains("✓ prepare"), "{running}");
    assert!(
        running
            .lines()
            .any(|line| line.contains("wait") && line.contains("compiling 3 of 7")),
        "{running}"
    );
    fs::write(project.path("go"), "go\n").unwrap();
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(project.redact(&screen));
}

#[test]
fn a_running_task_moves_and_shows_its_time() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let mut terminal = project.terminal("apply");
    terminal.wait_for("compiling 3 of 7");
    for spinner in ["⠂ wait  ", "⠠ wait  ", "⠂ wait  "] {
        terminal.wait_for(spinner);
    }
    let screen = terminal.screen();
    let line = screen.lines().find(|line| line.contains(" wait  "));
    let words: Vec<&str> = line.unwrap().split_whitespace().skip(1).collect();
    let (time, output) = (words[1], &words[2..]);
    assert_eq!(
        (words[0], output),
        ("wait", &["compiling", "3", "of", "7"][..])
    );
    let seconds = time.strip_suffix('s').unwrap();
    assert!(seconds.parse::<u32>().is_ok(), "{screen}");
    fs::write(project.path("go"), "go\n").unwrap();
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn a_task_that_starts_the_walk_again_ends_its_line() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("prepare", async ({ host }) => {
    await host.exec("if [ -e checked ]; then echo preparing again; read go < go; fi");
  })
  .task("check", async ({ host, step }) => {
    const isFirst = !(await host.exists("checked"));
    await host.writeFile("checked", "");
    if (isFirst) return step.invalidate("prepare");
  });
"#,
    );
    project.make_pipe("go");
    let mut terminal = project.terminal("apply");
    terminal.wait_for("preparing again");
    let screen = terminal.screen();
    let running = screen.lines().filter(|line| line.contains("check  "));
    assert_eq!(running.count(), 0, "{screen}");
    fs::write(project.path("go"), "go\n").unwrap();
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(project.redact(&screen));
}

#[test]
fn a_workspace_is_asked_its_name() {
    let project = Project::new(WEB);
    project.done("apply");
    let mut terminal = project.terminal("create");
    terminal.wait_for("Name of the workspace");
    terminal.type_text("mine");
    terminal.press(Key::Enter);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(project.redact(answered(&screen)));
    let mut terminal = project.terminal("create");
    terminal.wait_for("Name of the workspace");
    terminal.press(Key::Enter);
    assert_eq!(terminal.finish().0, 0);
    let workspaces = project.done("ls --json").document("ls.json");
    let names: Vec<&str> = workspaces["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["dev", "mine"]);
}

#[test]
fn one_of_several_workflows_is_chosen() {
    let project = Project::new(TWO);
    let mut terminal = project.terminal("apply");
    terminal.wait_for("Which workflow?");
    terminal.wait_for("site");
    terminal.press(Key::Down);
    terminal.press(Key::Enter);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(project.redact(answered(&screen)));
}

#[test]
fn an_interrupt_at_the_first_question_says_one_thing() {
    let project = Project::new(TWO);
    for line in ["apply", "create one"] {
        let mut terminal = project.terminal(line);
        terminal.wait_for("Which workflow?");
        terminal.wait_for("site");
        terminal.press(Key::Interrupt);
        let (code, screen) = terminal.finish();
        assert_eq!(code, 130, "{screen}");
        assert!(!screen.contains("cancelling"), "{screen}");
        assert!(screen.matches("cancel").count() <= 1, "{screen}");
    }
}

#[test]
fn a_bad_name_is_asked_again() {
    let project = Project::new(WEB);
    let mut terminal = project.terminal("create");
    terminal.wait_for("Name of the workspace");
    terminal.type_text("a/b");
    terminal.press(Key::Enter);
    terminal.wait_for("cannot be the name of a workspace");
    terminal.wait_for("Name of the workspace");
    // What was typed is there to be mended.
    terminal.type_text("\u{7f}\u{7f}\u{7f}good");
    terminal.press(Key::Enter);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert!(project.done("ls").stdout.contains("good"), "{screen}");
}

#[test]
fn a_run_without_workspaces_says_how_to_make_one() {
    let project = Project::new(WEB);
    let (code, screen) = project.terminal("run").finish();
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("make one: rig create NAME"), "{screen}");
}

#[test]
fn removing_asks() {
    let project = Project::new(WEB);
    project.done("create one");
    let mut terminal = project.terminal("rm one");
    terminal.wait_for("Remove the workspace");
    terminal.type_text("n");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    assert!(project.done("ls").stdout.contains("one"));

    let mut terminal = project.terminal("rm one");
    terminal.wait_for("Remove the workspace");
    terminal.type_text("y");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(project.redact(answered(&screen)));
}

#[test]
fn missing_inputs_are_asked_for() {
    let project = Project::new(WEB);
    let mut terminal = project.terminal("do hello");
    terminal.wait_for("Whom to greet");
    terminal.type_text("Ada");
    terminal.press(Key::Enter);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(project.redact(answered(&screen)));
}

#[test]
fn a_prompt_can_be_cancelled() {
    let project = Project::new(WEB);
    let mut terminal = project.terminal("create");
    terminal.wait_for("Name of the workspace");
    terminal.press(Key::Interrupt);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    assert!(!project.path("ran.log").exists());
}

#[test]
fn an_interrupt_cancels_and_leaves_nothing_running() {
    let project = Project::new(WAITING);
    project.make_pipe("go");
    let mut terminal = project.terminal("apply");
    terminal.wait_for("compiling 3 of 7");
    let sleeper = wait_for_process(&project);
    terminal.press(Key::Interrupt);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    assert!(!is_alive(sleeper), "the command outlived the run");
    assert!(
        screen.contains("cancelling; Ctrl-C again stops at once"),
        "{screen}"
    );
    assert!(screen.contains("web  cancelled in"), "{screen}");
    assert!(screen.ends_with("\ncancelled"), "{screen}");
    let plan = project.done("plan --json").document("plan.json");
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 1);
}

/// A handler that does not listen is given some seconds; who interrupts twice does not wait.
#[test]
fn a_second_interrupt_ends_it_at_once() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
export const web = workflow("web")
  .sequence("web")
  .task("stubborn", async ({ step }) => {
    step.log("not listening");
    await new Promise(() => setInterval(() => {}, 1000));
  });
"#,
    );
    let mut terminal = project.terminal("apply");
    terminal.wait_for("not listening");
    terminal.press(Key::Interrupt);
    terminal.wait_for("Ctrl-C again stops at once");
    terminal.press(Key::Interrupt);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    let log = project.done("log --json").document("log.json");
    assert!(
        log["applies"][0]
            .get("outcome")
            .is_none_or(serde_json::Value::is_null),
        "it had no time to say how it ended: {log}"
    );
}

#[test]
fn a_document_stays_one_on_a_terminal() {
    let project = Project::new(WEB);
    project.done("apply");
    let mut terminal = project.terminal("plan --json");
    terminal.wait_for("\n}");
    let written = terminal.raw();
    assert!(written.starts_with("{\r\n  \"workflows\": ["), "{written}");
    let document = serde_json::from_str(&written).unwrap();
    rigkit_tests::check_document("plan.json", &document);
}

#[test]
fn a_terminal_has_colors_unless_they_are_not_wanted() {
    let project = Project::new(WEB);
    let is_colored = |line: &str, variable: Option<&str>| {
        let command = project.command(line).env_remove("NO_COLOR");
        let command = match variable {
            Some(name) => command.env(name, "1"),
            None => command,
        };
        let mut terminal = rigkit_tests::Terminal::start(command);
        terminal.wait_for("never ran");
        terminal.raw().contains("\u{1b}[3")
    };
    assert!(is_colored("plan", None));
    assert!(!is_colored("plan", Some("NO_COLOR")));
    assert!(!is_colored("plan --color never", None));
    assert!(is_colored("plan --color always", Some("NO_COLOR")));
}

/// Gives what is on the screen from the answered question on. Before it may be what was typed
/// before `rig` listened, which the terminal itself shows.
fn answered(screen: &str) -> &str {
    let start = screen.find('✔').expect("the question is answered");
    &screen[start..]
}

/// Gives the process that the task has started; its shell writes the file before it waits.
fn wait_for_process(project: &Project) -> i32 {
    loop {
        let written = fs::read_to_string(project.path("pid")).unwrap_or_default();
        if let Some(pid) = written.strip_suffix('\n') {
            return pid.parse().unwrap();
        }
        std::thread::yield_now();
    }
}

/// A process that has ended and that nobody has asked about yet is not alive.
fn is_alive(pid: i32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = status
        .rsplit(") ")
        .next()
        .and_then(|rest| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}

#[test]
fn what_is_to_go_is_chosen() {
    let project = Project::new(WEB);
    project.done("create one");
    project.done("create two");
    let mut terminal = project.terminal("rm");
    terminal.wait_for("Which workspaces are to go?");
    terminal.wait_for("two");
    terminal.press(Key::Down);
    terminal.type_text(" ");
    terminal.press(Key::Enter);
    terminal.wait_for("Remove the workspace `two`?");
    terminal.type_text("y");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(
        project.done("ls --json").document("ls.json")["workspaces"][0]["name"],
        "one"
    );

    let mut terminal = project.terminal("cache invalidate");
    terminal.wait_for("Which tasks are to run again?");
    terminal.type_text(" ");
    terminal.press(Key::Enter);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    // The first of them is a branch, which one more task follows.
    let plan = project.done("plan --json").document("plan.json");
    assert_eq!(plan["workflows"][0]["cachedNodeCount"], 3);

    let mut terminal = project.terminal("run one");
    terminal.wait_for("Which operation?");
    terminal.press(Key::Interrupt);
    assert_eq!(terminal.finish().0, 130);
}
