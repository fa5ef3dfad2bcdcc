//! What is told on terminals of every kind.

use rigkit_tests::{Project, RigCommand, Terminal};

const KITCHEN: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { host } from "@rigkit/provider-host";

export const kitchen = workflow("kitchen", { providers: { host: host.provider() } })
  .sequence("kitchen")
  .task("a-name-that-is-longer-than-some-terminals-are-wide", { cacheTTL: 0 }, async ({ host, step }) => {
    step.log("the kettle sings");
    await host.exec("echo the bread is out; sleep 0.3", { check: true });
  })
  .task("boil", { cacheTTL: 0 }, async ({ host }) => {
    await host.exec("echo the water boils", { check: true });
  })
  .workspace({ create: ({ host }) => host.exec("echo the table is laid").then(() => ({})), remove: () => {} })
  .operation("taste", {
    run: async ({ host }) => void (await host.exec("echo more salt, and a line that is wider than some terminals")),
  })
  .workspaceOperation("serve", { run: async ({ host }) => void (await host.exec("echo soup is served")) });
"#;

/// What a terminal is like.
struct Kind {
    columns: u16,
    variables: &'static [(&'static str, Option<&'static str>)],
    flags: &'static str,
}

const fn kind(columns: u16, variables: &'static [(&'static str, Option<&'static str>)]) -> Kind {
    Kind {
        columns,
        variables,
        flags: "",
    }
}

impl Kind {
    fn command(&self, project: &Project, line: &str) -> RigCommand {
        let command = project.command(&format!("{line} {}", self.flags));
        self.variables
            .iter()
            .fold(command, |command, (name, value)| match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            })
    }

    /// Runs a line to its end, and gives all that was written and what is on the screen then.
    fn run(&self, project: &Project, line: &str) -> (String, String) {
        let terminal = Terminal::start_as_wide_as(self.command(project, line), self.columns);
        let (code, screen, raw) = terminal.finish_with_all();
        assert_eq!(code, 0, "{line}: {raw}");
        (raw, screen)
    }
}

const NO_COLOR: (&str, Option<&str>) = ("NO_COLOR", None);

/// Commands, with what each has to show wherever lines do not move.
const COMMANDS: [(&str, &[&str]); 4] = [
    (
        "apply",
        &[
            "the kettle sings",
            "the bread is out",
            "the water boils",
            "✓ boil",
            "kitchen  done in",
        ],
    ),
    (
        "create one",
        &[
            "the bread is out",
            "the table is laid",
            "the workspace `one` is ready",
        ],
    ),
    (
        "do taste",
        &["more salt, and a line that is wider than some terminals"],
    ),
    ("run one serve", &["soup is served"]),
];

#[test]
fn where_the_cursor_cannot_move_lines_stay() {
    let kinds = [
        kind(100, &[("TERM", Some("dumb"))]),
        kind(100, &[("TERM", None)]),
        kind(100, &[("TERM", Some(""))]),
        kind(20, &[("TERM", Some("dumb")), NO_COLOR]),
        kind(0, &[]),
        kind(10, &[]),
        kind(100, &[("CI", Some("true"))]),
        kind(100, &[("TF_BUILD", Some("True")), NO_COLOR]),
        Kind {
            flags: "--color always",
            ..kind(100, &[("TERM", Some("dumb"))])
        },
        Kind {
            flags: "--color never",
            ..kind(0, &[NO_COLOR])
        },
        Kind {
            flags: "--verbose",
            ..kind(100, &[("TERM", Some("dumb"))])
        },
    ];
    for kind in kinds {
        let project = Project::new(KITCHEN);
        for (line, texts) in COMMANDS {
            let (raw, _) = kind.run(&project, line);
            let shown = plain(&raw);
            for text in texts {
                assert!(
                    shown.contains(text),
                    "{line} {:?}: no {text:?} in\n{raw}",
                    kind.variables
                );
            }
            let moves = [
                "\u{1b}[A",
                "\u{1b}[1A",
                "\u{1b}[2K",
                "\u{1b}[J",
                "\u{1b}[?25",
            ];
            assert!(
                !moves.iter().any(|code| raw.contains(code)),
                "{line} {:?}: {raw:?}",
                kind.variables
            );
            let returns = raw.matches('\r').count();
            assert_eq!(
                returns,
                raw.matches("\r\n").count(),
                "{line} {:?}: {raw:?}",
                kind.variables
            );
            if kind.variables.contains(&("TERM", Some("dumb"))) && kind.flags != "--color always" {
                assert!(!raw.contains('\u{1b}'), "{raw:?}");
            }
        }
    }
}

#[test]
fn lines_that_move_are_no_wider_than_the_terminal() {
    let kinds = [
        kind(20, &[]),
        kind(33, &[NO_COLOR]),
        kind(200, &[("CI", Some("false"))]),
        kind(40, &[("CI", Some(""))]),
    ];
    for kind in kinds {
        let project = Project::new(KITCHEN);
        let (raw, screen) = kind.run(&project, "apply");
        assert!(raw.contains("\u{1b}["), "lines move: {raw:?}");
        for text in ["✓ boil", "kitchen  done in", "✓ a-name-that-is-longer"] {
            assert_shows(&screen, text);
        }
        let moving: Vec<String> = moving_lines(&raw).collect();
        assert!(
            moving.iter().any(|line| line.contains("a-name")),
            "{moving:?}"
        );
        for line in &moving {
            let width = line.chars().count();
            assert!(width <= usize::from(kind.columns), "{width}: {line:?}");
        }
        let (_, screen) = kind.run(&project, "create one");
        assert_shows(&screen, "the workspace `one` is ready");
        let (_, screen) = kind.run(&project, "do taste");
        let text = "more salt, and a line that is wider than some terminals";
        assert_shows(&screen, text);
    }
}

/// Looks for a text that may go on in the next line.
#[track_caller]
fn assert_shows(screen: &str, text: &str) {
    let joined = |text: &str| text.replace(['\n', ' '], "");
    assert!(
        joined(screen).contains(&joined(text)),
        "no {text:?} in\n{screen}"
    );
}

/// Returns what was written without colors and the like.
fn plain(raw: &str) -> String {
    let mut parser = vt100::Parser::new(100, 500, 0);
    parser.process(raw.as_bytes());
    parser.screen().contents()
}

/// Returns the lines that moved, each time they were drawn: from the spinner to whatever moves the cursor.
fn moving_lines(raw: &str) -> impl Iterator<Item = String> {
    let is_spinner = |character: char| ('\u{2800}'..='\u{28ff}').contains(&character);
    let starts = raw.match_indices(is_spinner);
    let lines = starts.map(|(start, _)| &raw[start..]);
    lines.map(|rest| {
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        plain(&rest[..end])
    })
}
