//! Commands that handlers start: their environment, what tells them apart, what they leave behind.

use std::{collections::BTreeMap, ffi::OsString, fs, os::unix::ffi::OsStringExt as _};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rigkit_tests::{Project, Terminal};

/// Every kind of handler writes the folder that its command is told it works in.
const FOLDERS: &str = r#"
//- /farm/rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

const told = (host, options) => host.exec("echo \"$PWD $(pwd)\" >> ${LOG}", { check: true, ...options });

export const farm = workflow("farm", { providers: { host: host.provider() } })
  .sequence("farm")
  .task("where", async ({ host }) => {
    await told(host);
    await told(host, { cwd: "barn" });
  })
  .workspace({
    create: async ({ host, local }) => {
      await told(host);
      await local.command({ argv: ["sh", "-c", "echo \"$PWD $(pwd)\" >> ${LOG}"] });
      await local.command({
        argv: ["sh", "-c", "echo \"$PWD $(pwd)\" >> ${LOG}"], cwd: "barn", mode: "interactive",
      });
      return {};
    },
    remove: async ({ host }) => void (await told(host)),
  })
  .operation("look", { run: async ({ host }) => void (await told(host)) })
  .workspaceOperation("look", { run: async ({ host }) => void (await told(host, { cwd: "barn" })) });
//- /farm/barn/loft
hay
"#;

#[test]
fn every_command_is_told_the_folder_it_works_in() {
    let project = Project::new(FOLDERS);
    let log = project.outside().join("told");
    let farm = project.path("farm").canonicalize().unwrap();
    let (farm, barn) = (farm.display(), farm.join("barn"));
    let check = |line: &str, expected: &[&dyn std::fmt::Display]| {
        let command = project.command(line).env("LOG", &log);
        let (code, screen) = Terminal::start(command).finish();
        assert_eq!(code, 0, "{line}: {screen}");
        let told = fs::read_to_string(&log).unwrap();
        let expected: String = expected
            .iter()
            .map(|folder| format!("{folder} {folder}\n"))
            .collect();
        assert_eq!(told, expected, "{line}");
        fs::remove_file(&log).unwrap();
    };
    let barn = barn.display();
    check("--chdir farm apply", &[&farm, &barn]);
    check("--chdir farm create one", &[&farm, &farm, &barn]);
    check("--chdir farm do look", &[&farm]);
    check("--chdir farm run one look", &[&barn]);
    check("--chdir farm rm one --yes", &[&farm]);
}

#[test]
fn no_variable_is_dropped_because_one_is_no_text() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const dairy = workflow("dairy", { providers: { host: host.provider() } })
  .sequence("dairy")
  .task("churn", async ({ host }) => {
    const odd = await host.exec(["sh", "-c", "printf %s \"$ODD\" | od -An -tx1"], { check: true });
    const plain = await host.exec(["printenv", "PLAIN"], { check: true });
    return { ctx: { odd: odd.stdout.trim(), plain: plain.stdout.trim() } };
  });
"#,
    );
    let mut path = OsString::from_vec(b"/opt/caf\xe9/bin:".to_vec());
    path.push(std::env::var_os("PATH").unwrap());
    let applied = project.command("apply --json").env("PATH", path);
    let applied = applied.env("ODD", OsString::from_vec(vec![0xff, b'a']));
    let applied = applied.env("PLAIN", "text").run().exits_with(0);
    let context = &applied.document("apply.json")["context"];
    assert_eq!(
        (&context["odd"], &context["plain"]),
        (&"ff 61".into(), &"text".into())
    );
}

/// The second command lets the first go on once both have been told of.
const TWO: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const choir = workflow("choir", { providers: { host: host.provider() } })
  .sequence("choir")
  .task("sing", { cacheTTL: 0 }, async ({ host }) => {
    await Promise.all([
      host.exec("read line < go; printf hi; echo gh", { check: true }),
      host.exec("echo > go; printf lo; echo w", { check: true }),
    ]);
  })
  .operation("sing", {
    run: async ({ host }) => {
      await Promise.all([host.exec("read line < go; echo high"), host.exec("echo > go; echo low")]);
    },
  });
"#;

#[test]
fn commands_that_run_at_once_are_told_apart() {
    let project = Project::new(TWO);
    project.make_pipe("go");
    let events = project.done("apply --events").events();
    let mut commands: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for event in &events {
        rigkit_tests::check_document("event.json", event);
        let text = ["command", "data", "exitCode"].map(|key| event[key].to_string());
        if let Some(id) = event["commandId"].as_u64() {
            let text = text.into_iter().filter(|text| text != "null");
            commands.entry(id).or_default().extend(text);
        }
    }
    for (id, word) in [(1, "high"), (2, "low")] {
        let told = &commands[&id];
        let written: String = told[1..told.len() - 1]
            .iter()
            .map(|data| data.trim_matches('"'))
            .collect();
        assert_eq!(written, format!("{word}\\n"), "{commands:?}");
        assert_eq!(told.last().unwrap(), "0");
    }
    assert_eq!(commands.len(), 2);

    let lines = |output: &str| {
        let lines = output.lines().filter(|line| line.contains('#'));
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let applied = project.done("apply");
    assert_eq!(
        lines(&applied.stderr),
        ["sing echo#2 | low", "sing read#1 | high"]
    );
    let done = project.done("do sing");
    assert_eq!(lines(&done.stderr), ["echo#2 | low", "read#1 | high"]);
}

#[test]
fn what_a_command_leaves_behind_is_named_and_what_is_detached_stays() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";
export const choir = workflow("choir", { providers: { host: host.provider() } })
  .sequence("choir")
  .task("organ", async ({ host }) => {
    const { stdout } = await host.exec("sleep 1000 & echo $!", { check: true });
    const { pid } = await host.exec(["sleep", "1000"], { detach: true });
    return { ctx: { left: Number(stdout), pid } };
  });
"#,
    );
    let applied = project.done("apply --json --verbose");
    let context = &applied.document("apply.json")["context"];
    let [left, pid] = ["left", "pid"].map(|name| context[name].as_i64().unwrap());
    let told = &applied.stderr;
    assert!(
        told.contains(&format!("left `sleep` (process {left}) behind")),
        "{told}"
    );
    assert!(
        told.contains(&format!("organ sleep#2 stays as process {pid}")),
        "{told}"
    );
    for process in [left, pid] {
        kill(
            Pid::from_raw(i32::try_from(process).unwrap()),
            Signal::SIGKILL,
        )
        .unwrap();
    }
}
