//! Kakoune with kakoune-lsp, without a terminal.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use regex::Regex;

use crate::{
    install::{self, Kakoune},
    setup::{Desk, documented, search_path},
};

#[test]
fn kakoune_shows_the_plan_and_applies_it() {
    let desk = Desk::new();
    let session = Session::start(&desk, &install::kakoune());
    let diagnostics = session.wait_until("%opt{lsp_inlay_diagnostics}", "never ran");
    let before = session.wait_until(LENSES, "apply (2 pending)");
    session.tell("evaluate-commands -client client0 %{ execute-keys 3g; lsp-code-lens }");
    let after = session.wait_until(LENSES, "up to date");
    session.wait_until("\"<%opt{lsp_diagnostic_info_count}>\"", "<0>");
    insta::assert_snapshot!(readable(&format!("{diagnostics}\n{before}\n{after}")), @r"
    5: ■ pending: never ran
    6: ■ pending: never ran
    3: [🔎 ▶ apply (2 pending)]
    3: [🔎 plan]
    3: [🔎 graph]
    5: [🔎 ● never ran]
    5: [🔎 apply up to here]
    6: [🔎 ● never ran]
    6: [🔎 apply up to here]
    3: [🔎 ✓ up to date]
    3: [🔎 plan]
    3: [🔎 graph]
    5: [🔎 ✓ cached [age] ago]
    5: [🔎 invalidate]
    6: [🔎 ✓ cached [age] ago]
    6: [🔎 invalidate]
    ");
}

const LENSES: &str = "%opt{lsp_inlay_code_lenses}";

/// Chooses the first lens of a line, which a person does in a menu.
const CHOICE: &str = "
define-command -override -hidden lsp-perform-code-lens -params 1.. %{ evaluate-commands %arg{2} }
";

/// Writes what stands beside lines without its colours, one to a line.
fn readable(shown: &str) -> String {
    let rules = [
        (r"\{[^}]*\}", ""),
        (r"(^|\n)\d+ ", "$1"),
        (r" +(\d+)\|", "\n$1|"),
        (r"(?m)\| *", ": "),
        (r"(?m) +$", ""),
        (r"\d+s ago", "[age] ago"),
    ];
    rules.iter().fold(shown.to_owned(), |shown, (pattern, to)| {
        let pattern = Regex::new(pattern).unwrap();
        pattern.replace_all(&shown, *to).into_owned()
    })
}

/// Is an editor that has the config open.
struct Session<'d> {
    desk: &'d Desk,
    program: PathBuf,
    editor: Child,
    /// Passes on what the editor answers.
    pipe: PathBuf,
}

impl<'d> Session<'d> {
    fn start(desk: &'d Desk, installed: &Kakoune) -> Self {
        let documented = documented("Kakoune", "kak");
        let setup = format!("evaluate-commands %sh{{kak-lsp}}\n{documented}{CHOICE}");
        let setup = desk.write("kakrc", &setup);
        let pipe = setup.with_file_name("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let opening = format!(
            "source {}; source {}; edit {}",
            installed.file_types.display(),
            setup.display(),
            desk.config().display()
        );
        let editor = desk
            .command(&installed.editor)
            .args(["-n", "-s", "desk", "-ui", "dummy", "-e", &opening])
            .env("PATH", search_path(Some(&installed.language_client)))
            .spawn()
            .unwrap();
        Self {
            desk,
            program: installed.editor.clone(),
            editor,
            pipe,
        }
    }

    /// Asks for a text until something is in it.
    fn wait_until(&self, text: &str, part: &str) -> String {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let answer = self.ask(text);
            if answer.contains(part) {
                return answer;
            }
            assert!(
                Instant::now() < end,
                "never {part:?}: {answer}\n{}",
                self.debugging()
            );
        }
    }

    /// Gives what the editor noted for whoever wonders why something does not work.
    fn debugging(&self) -> String {
        self.ask_in("-buffer *debug*", "execute-keys '%'", "%val{selection}")
    }

    /// Asks for a text; gives an error instead of it while the editor has not opened the config.
    fn ask(&self, text: &str) -> String {
        // The editor asks for lenses when it is idle after a key, and nobody presses one.
        self.ask_in("-client client0", "lsp-code-lens-request", text)
    }

    fn ask_in(&self, place: &str, first: &str, text: &str) -> String {
        let pipe = self.pipe.display();
        let question = format!(
            "try %{{ evaluate-commands {place} %{{ {first}; echo -to-file {pipe} -- {text} }} }} \
             catch %{{ echo -to-file {pipe} -- %val{{error}} }}"
        );
        if !self.tell(&question) {
            return "no editor".to_owned();
        }
        let answer = Command::new("timeout")
            .args(["60", "cat"])
            .arg(&self.pipe)
            .output();
        String::from_utf8(answer.unwrap().stdout).unwrap()
    }

    /// Has the editor run commands; says whether there is one.
    fn tell(&self, commands: &str) -> bool {
        let mut teller = self
            .desk
            .command(&self.program)
            .args(["-p", "desk"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = teller.stdin.take().unwrap();
        // Where there is no editor, nobody reads.
        let written = input.write_all(commands.as_bytes());
        drop(input);
        teller.wait().unwrap().success() && written.is_ok()
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if !self.tell("kill!") {
            let _was_over = self.editor.kill();
        }
        let _ended = self.editor.wait();
    }
}
