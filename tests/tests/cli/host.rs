//! What a handler asks of the terminal and of the person before it.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
};

use insta::assert_snapshot;
use rigkit_tests::{Key, Project, Terminal};
use serde_json::{Value, json};

/// Asks everything there is to ask, and keeps the answers.
const ASKING: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("prepare", () => {})
  .workspace({
    remove: () => {},
    create: async ({ host, local }) => {
    await local.prompt.message({ message: "Some questions first." });
    const name = await local.prompt.text({ message: "Your name", placeholder: "Ada" });
    const place = await local.prompt.text({ message: "Your place", defaultValue: "here" });
    const word = await local.prompt.text({ message: "Your word", secret: true });
    const sure = await local.prompt.confirm({ message: "Are you sure" });
    const size = await local.prompt.select({
      message: "Which size",
      options: [
        { value: "s", label: "small" },
        { value: "m" },
        { value: "l", label: "large", description: "costs more" },
      ],
      defaultValue: "m",
    });
    await host.writeFile("answers.json", JSON.stringify({ name, place, word, sure, size }));
    return {};
    },
  });
"#;

#[test]
fn a_handler_asks_the_person() {
    let project = Project::new(ASKING);
    let mut terminal = project.terminal("create one");
    terminal.wait_for("Some questions first.");
    for (question, answer) in [
        ("Your name (such as Ada)", "Grace"),
        ("Your place", ""),
        ("Your word", "hunter2"),
    ] {
        terminal.wait_for(question);
        if answer == "hunter2" {
            terminal.wait_for_secrecy();
        }
        terminal.type_text(answer);
        terminal.press(Key::Enter);
    }
    terminal.wait_for("Are you sure");
    terminal.type_text("y");
    terminal.wait_for("large: costs more");
    terminal.press(Key::Down);
    terminal.press(Key::Enter);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    let answers: Value = serde_json::from_str(&project.read("answers.json")).unwrap();
    assert_eq!(
        answers,
        json!({ "name": "Grace", "place": "here", "word": "hunter2", "sure": true, "size": "l" })
    );
    let answered: Vec<&str> = screen
        .lines()
        .filter(|line| line.contains('✔') || line.contains('✓'))
        .collect();
    assert!(!answered.join("\n").contains("hunter2"), "{screen}");
    assert_snapshot!(project.redact(&answered.join("\n")));
}

#[test]
fn a_question_that_is_not_answered_fails_its_handler() {
    let project = Project::new(ASKING);
    let mut terminal = project.terminal("create one");
    terminal.wait_for("Your name");
    terminal.press(Key::Interrupt);
    let (code, screen) = terminal.finish();
    assert_eq!(code, 130, "{screen}");
    assert!(!project.path("answers.json").exists());
    // Where nobody is, a question without a default is an error that says so.
    let error = project.rig("create one --json").exits_with(1).error();
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("nobody can be asked here: Your name"),
        "{message}"
    );
}

/// A command that has the terminal to itself, and says which streams it was given.
const SHELL: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const script = `
  test -t 0 && test -t 1 && test -t 2 || exit 9
  stdout=$(readlink /proc/$$/fd/1); echo "$stdout" > stdout.txt
  echo "your pin?"; read pin; echo "pin $pin" > pin.txt; exit 3`;

export const web = workflow("web", { providers: { host: host.provider() } })
  .sequence("web")
  .task("prepare", () => {})
  .workspace({
    remove: () => {},
    create: async ({ host, local }) => {
    const { exitCode, stdout } = await local.command({
      argv: ["sh", "-c", script],
      mode: "interactive",
      reason: "The service wants to know you.",
    });
    await host.writeFile("exit.txt", `${exitCode} ${stdout}`);
    return {};
    },
  });
"#;

#[test]
fn a_command_may_have_the_terminal() {
    let project = Project::new(SHELL);
    let mut terminal = project.terminal("create one");
    terminal.wait_for("The service wants to know you.");
    terminal.wait_for("your pin?");
    terminal.type_text("1234\r");
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(project.read("pin.txt"), "pin 1234\n");
    assert_eq!(project.read("exit.txt"), "3 null");
    assert!(project.read("stdout.txt").starts_with("/dev/pts/"));
    assert!(screen.contains("`one` is ready"), "{screen}");

    let project = Project::new(SHELL);
    let error = project.rig("create one --json").exits_with(1).error();
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("there is no terminal for `sh -c"),
        "{message}"
    );
}

/// Stdout and stderr are one terminal, under names that tell them apart.
#[test]
fn a_command_leaves_stdout_to_events_and_documents() {
    for (line, stdout) in [
        ("create one", "/dev/pts/"),
        ("create one --events", "/dev/tty"),
        ("create one --json", "/dev/tty"),
    ] {
        let project = Project::new(SHELL);
        let command = project.command(line).after("exec 2>/dev/tty");
        let mut terminal = Terminal::start(command);
        terminal.wait_for("your pin?");
        terminal.type_text("1234\r");
        let (code, screen) = terminal.finish();
        assert_eq!(code, 0, "{screen}");
        let given = project.read("stdout.txt");
        assert!(given.starts_with(stdout), "{line}: {given}");
    }
}

/// A provider that waits until the person has opened an address.
const SIGN_IN: &str = r#"
//- /rig.config.ts
import { defineProvider, workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const login = defineProvider("login", {}, {
  providerId: "login",
  createProvider: () => ({
    providerId: "login",
    runtime: ({ interaction }) => ({
      wait: (completed) => interaction.present({
        title: "Sign in",
        url: "https://example.invalid/device",
        instructions: "enter the code 77",
        completed,
      }),
    }),
  }),
});
export const web = workflow("web", { providers: { host: host.provider(), login } })
  .sequence("web")
  .task("login", async ({ host, login }) => { await login.wait(host.exec("read go < go")); })
  .operation("open", { run: ({ local }) => local.open("https://example.invalid/page") });
"#;

#[test]
fn a_person_is_shown_where_to_go() {
    let project = Project::new(SIGN_IN);
    project.make_pipe("go");
    let command = with_desktop(&project, "apply");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("https://example.invalid/device");
    terminal.wait_for("enter the code 77");
    assert_eq!(opened(&project), "https://example.invalid/device");
    fs::write(project.path("go"), "go\n").unwrap();
    let (code, screen) = terminal.finish();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Sign in: done"), "{screen}");
}

#[test]
fn a_handler_opens_an_address() {
    let project = Project::new(SIGN_IN);
    let output = with_desktop(&project, "do open").run().exits_with(0);
    assert_eq!(opened(&project), "https://example.invalid/page");
    assert_eq!(output.stdout, "");
}

#[test]
fn the_browser_that_the_person_names_opens_addresses() {
    let project = Project::new(SIGN_IN);
    let mine = project.path("bin/mine").display().to_string();
    make_program(&project, "mine", "mine");
    for browser in [mine.clone(), format!("absent:{mine} %s"), "mine".to_owned()] {
        let command = with_desktop(&project, "do open").env("BROWSER", &browser);
        let _ = command.run().exits_with(0);
        assert_eq!(
            opened(&project),
            "mine https://example.invalid/page",
            "{browser}"
        );
        fs::remove_file(project.path("opened")).unwrap();
    }
    let command = with_desktop(&project, "do open").env("BROWSER", "absent");
    let refused = command.run().exits_with(1);
    assert!(refused.stderr.contains("BROWSER"), "{}", refused.stderr);

    project.make_pipe("go");
    let command = with_desktop(&project, "apply").env("BROWSER", &mine);
    let mut terminal = Terminal::start(command);
    terminal.wait_for("https://example.invalid/device");
    assert_eq!(opened(&project), "mine https://example.invalid/device");
    fs::write(project.path("go"), "go\n").unwrap();
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn addresses_are_printed_where_nothing_is_to_be_opened() {
    let project = Project::new(SIGN_IN);
    for line in [
        "do open --no-open",
        "--no-open do open",
        "do --no-open open --json",
    ] {
        let output = with_desktop(&project, line).run().exits_with(0);
        assert!(
            output.stderr.contains("https://example.invalid/page"),
            "{}",
            output.stderr
        );
    }
    project.make_pipe("go");
    let command = with_desktop(&project, "apply --no-open");
    let mut terminal = Terminal::start(command);
    terminal.wait_for("https://example.invalid/device");
    fs::write(project.path("go"), "go\n").unwrap();
    assert_eq!(terminal.finish().0, 0);
    assert!(!project.path("opened").exists());
}

/// Makes a program that notes what it is to open, after its own name.
fn make_program(project: &Project, name: &str, noted: &str) {
    let path = format!("bin/{name}");
    let note = format!("echo \"{noted} $last\" | sed 's/^ //' > opened.new");
    project.write(
        &path,
        format!("#!/bin/sh\nfor last; do :; done\n{note} && mv opened.new opened\n"),
    );
    fs::set_permissions(project.path(&path), Permissions::from_mode(0o755)).unwrap();
}

/// Gives the machine a desktop that notes what it is to open.
fn with_desktop(project: &Project, line: &str) -> rigkit_tests::RigCommand {
    make_program(project, "xdg-open", "");
    let path = project.path("bin").display().to_string();
    project
        .command(line)
        .env("PATH", format!("{path}:/usr/bin:/bin"))
}

/// Waits for what the desktop was to open; it is written at once.
fn opened(project: &Project) -> String {
    loop {
        if let Ok(opened) = fs::read_to_string(project.path("opened")) {
            return opened.trim_end().to_owned();
        }
        std::thread::yield_now();
    }
}
