//! The command line as it may be typed.

use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

use clap::{ArgAction, ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCandidates;

use crate::{completion::candidates, graph::GraphFormat};

/// Prepares development environments from a TypeScript workflow.
#[derive(Debug, Parser)]
#[command(name = "rig", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) globals: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Is what every command understands.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// Works as if started in this directory
    #[arg(short = 'C', long, value_name = "DIR", global = true, value_hint = clap::ValueHint::DirPath)]
    pub(crate) chdir: Option<PathBuf>,

    /// Uses this config of its folder instead of the usual one
    #[arg(long, value_name = "FILE", global = true, value_hint = clap::ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Names the workflow; may be left out where there is one
    #[arg(short, long, value_name = "NAME", global = true, add = ArgValueCandidates::new(candidates::workflows))]
    pub(crate) workflow: Option<String>,

    /// Keeps the state in this file instead of `.rigkit/state.sqlite`
    #[arg(long, value_name = "FILE", global = true, value_hint = clap::ValueHint::FilePath)]
    pub(crate) state: Option<PathBuf>,

    /// Writes exactly one JSON document to stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Prints the addresses that a handler opens instead of opening them
    #[arg(long, global = true)]
    pub(crate) no_open: bool,

    /// Uses colors: auto, always or never
    #[arg(long, value_name = "WHEN", global = true, hide_possible_values = true)]
    pub(crate) color: Option<ColorWhen>,

    /// Shows more
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    /// Shows only results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
}

/// Says when to use colors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Is what `rig` can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Writes a config that runs as it stands
    Init(InitOptions),
    /// Refreshes the declaration files that editors read
    Types,
    /// Shows what is cached, what is pending and why
    Plan(PlanOptions),
    /// Runs what is pending
    Apply(ApplyOptions),
    /// Creates a workspace
    Create(CreateOptions),
    /// Runs an operation on a workspace
    Run(RunOptions),
    /// Runs an operation of the project
    Do(DoOptions),
    /// Removes workspaces
    Rm(RemoveOptions),
    /// Lists workspaces, or the workflows where there are none yet
    Ls(ListOptions),
    /// Looks at the cache, or throws things out of it
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Shows what providers have stored, or forgets it
    #[command(subcommand)]
    Storage(StorageCommand),
    /// Shows the workflow as a tree or a graph
    Graph(GraphOptions),
    /// Shows past applies, or the log of one
    Log(LogOptions),
    /// Lists the projects below this directory
    Projects,
    /// Decides that code of a project may run, or takes that back
    Trust(TrustOptions),
    /// Says what is wrong and how to mend it
    Doctor,
    /// Serves an editor: the language server, on standard input and output
    Lsp(LspOptions),
    /// Prints a script that makes a shell complete `rig`
    Completion(CompletionOptions),
    /// Prints the version
    #[command(hide = true)]
    Version,
}

/// Is what `rig lsp` understands.
#[derive(Debug, Args)]
pub(crate) struct LspOptions {
    /// What several editors say, and the only way there is
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// Is what `rig init` understands.
#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// The directory; this one by default
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) directory: Option<PathBuf>,
}

/// Is what `rig plan` understands.
#[derive(Debug, Args)]
pub(crate) struct PlanOptions {
    /// Saves the plan, for `rig apply --plan`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "all")]
    pub(crate) out: Option<PathBuf>,

    /// Trusts the folder, and asks the providers of the project, too
    #[arg(long, conflicts_with = "all")]
    pub(crate) checks: bool,

    /// Exits with 3 when something is pending
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,

    /// Plans every workflow of every project at or below this directory
    #[arg(long, conflicts_with_all = ["workflow", "state", "config"])]
    pub(crate) all: bool,

    /// A word that is out of place, which may be the name of a workflow
    #[arg(hide = true, value_name = "WORD")]
    pub(crate) stray: Option<String>,
}

/// Is what `rig apply` understands.
#[derive(Debug, Args)]
pub(crate) struct ApplyOptions {
    /// A saved plan, the same as with `--plan`
    #[arg(value_name = "PLAN", value_hint = clap::ValueHint::FilePath, conflicts_with = "plan")]
    pub(crate) saved: Option<PathBuf>,

    /// Applies exactly this saved plan, or nothing where it is stale
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) plan: Option<PathBuf>,

    /// Stops after this task
    #[arg(long, value_name = "TASK", add = ArgValueCandidates::new(candidates::tasks))]
    pub(crate) until: Option<String>,

    /// Shows the plan and runs nothing
    #[arg(long, conflicts_with_all = ["saved", "plan", "events"])]
    pub(crate) dry_run: bool,

    /// Applies every workflow of every project at or below this directory
    #[arg(
        long,
        conflicts_with_all = ["saved", "plan", "until", "events", "workflow", "state", "config"]
    )]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) apply: ApplyLimits,

    #[command(flatten)]
    pub(crate) events: EventOptions,
}

/// Bounds an apply.
#[derive(Debug, Args)]
pub(crate) struct ApplyLimits {
    /// Runs at most this many tasks at once
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Fails at once when another apply of the workflow is running
    #[arg(long)]
    pub(crate) no_wait: bool,
}

/// Says whether to write events.
#[derive(Debug, Default, Args)]
pub(crate) struct EventOptions {
    /// Writes one JSON event per line to stdout while it happens
    #[arg(long)]
    pub(crate) events: bool,
}

impl GlobalOptions {
    /// Heeds that events were asked for: they are JSON already, and a document among them would
    /// be none of them.
    pub(crate) fn prefer(&mut self, events: &EventOptions) {
        self.json &= !events.events;
    }
}

/// Is what `rig create` understands.
#[derive(Debug, Args)]
pub(crate) struct CreateOptions {
    /// The workspace's name
    pub(crate) name: Option<String>,

    #[command(flatten)]
    pub(crate) apply: ApplyLimits,

    #[command(flatten)]
    pub(crate) events: EventOptions,
}

/// Is what `rig run` understands.
#[derive(Debug, Args)]
#[command(
    subcommand_value_name = "OPERATION",
    subcommand_help_heading = "Operations",
    disable_help_subcommand = true,
    after_help = "`rig run --list WORKSPACE` lists the operations, `rig run WORKSPACE OPERATION --help` shows the flags of one."
)]
pub(crate) struct RunOptions {
    /// The workspace
    #[arg(add = ArgValueCandidates::new(candidates::workspaces))]
    pub(crate) workspace: Option<String>,

    /// Lists the operations of the workspace and runs none
    #[arg(long)]
    pub(crate) list: bool,

    #[command(flatten)]
    pub(crate) events: EventOptions,

    #[command(subcommand)]
    pub(crate) operation: Option<OperationWords>,
}

/// Is what `rig do` understands.
#[derive(Debug, Args)]
#[command(
    subcommand_value_name = "OPERATION",
    subcommand_help_heading = "Operations",
    disable_help_subcommand = true,
    after_help = "`rig do` lists the operations, `rig do OPERATION --help` shows the flags of one."
)]
pub(crate) struct DoOptions {
    #[command(flatten)]
    pub(crate) events: EventOptions,

    #[command(subcommand)]
    pub(crate) operation: Option<OperationWords>,
}

/// Is the name of an operation with its own flags, which the config decides on.
#[derive(Debug, Subcommand)]
pub(crate) enum OperationWords {
    #[command(external_subcommand)]
    Words(Vec<String>),
}

/// What `rig ls` understands.
#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Lists those of every project at or below this directory
    #[arg(long, conflicts_with_all = ["workflow", "state", "config"])]
    pub(crate) all: bool,
}

/// Is what `rig rm` understands.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("removed").args(["names", "all"]))]
pub(crate) struct RemoveOptions {
    /// The workspaces; a terminal asks where none is named
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(candidates::workspaces))]
    pub(crate) names: Vec<String>,

    /// Removes every workspace
    #[arg(long)]
    pub(crate) all: bool,

    /// Forgets a workspace even when removing it fails
    #[arg(long)]
    pub(crate) force: bool,

    /// Does not ask
    #[arg(short, long)]
    pub(crate) yes: bool,

    #[command(flatten)]
    pub(crate) events: EventOptions,
}

/// Is what `rig cache` can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Lists the stored runs
    Ls,
    /// Says for each task what its identity is made of and what of it changed
    Explain {
        /// The task, by name or path; all of them by default
        #[arg(add = ArgValueCandidates::new(candidates::tasks))]
        task: Option<String>,
    },
    /// Makes tasks run again, and what follows them
    #[command(group = ArgGroup::new("invalidated").args(["tasks", "all"]))]
    Invalidate {
        /// The tasks, by name or path; a terminal asks where none is named
        #[arg(value_name = "TASK", add = ArgValueCandidates::new(candidates::tasks))]
        tasks: Vec<String>,

        /// Invalidates every task
        #[arg(long)]
        all: bool,
    },
    /// Deletes the stored runs
    Clear {
        /// Does not ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// What `rig storage` can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Lists what providers have stored, with the project and on this machine
    Ls {
        /// The provider, by its id or the name that handlers know it under; all of them by default
        #[arg(add = ArgValueCandidates::new(candidates::providers))]
        provider: Option<String>,
    },
    /// Forgets all that a provider has stored, with the project and on this machine
    Clear {
        /// The provider, by its id or the name that handlers know it under; a terminal asks where none is named
        #[arg(add = ArgValueCandidates::new(candidates::providers))]
        provider: Option<String>,

        /// Does not ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// Is what `rig graph` understands.
#[derive(Debug, Args)]
pub(crate) struct GraphOptions {
    /// Draws it as tree, dot, mermaid, svg or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "tree",
        hide_possible_values = true
    )]
    pub(crate) format: GraphFormat,
}

/// Is what `rig log` understands.
#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// The apply, by the beginning or end of its id, or `latest`
    #[arg(add = ArgValueCandidates::new(candidates::applies))]
    pub(crate) run: Option<String>,

    /// Lists at most this many
    #[arg(long, value_name = "N", default_value = "20")]
    pub(crate) limit: usize,
}

/// What `rig trust` understands.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TrustOptions {
    #[command(subcommand)]
    pub(crate) command: Option<TrustCommand>,

    /// The folder, or one in its project; this one by default
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) directory: Option<PathBuf>,

    /// Forgets what was decided about the folder
    #[arg(long, conflicts_with = "owner")]
    pub(crate) revoke: bool,

    /// Reads files in exactly this folder and below it although another user owns them
    #[arg(long)]
    pub(crate) owner: bool,
}

/// What `rig trust` can be told to do.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum TrustCommand {
    /// Lists what was decided
    Ls,
}

/// Is what `rig completion` understands.
#[derive(Debug, Args)]
pub(crate) struct CompletionOptions {
    /// The shell; the person's own by default
    pub(crate) shell: Option<Shell>,
}

/// Names a shell that can complete `rig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// For `~/.bashrc`: eval "$(rig completion bash)"
    Bash,
    /// For `~/.zshrc`: eval "$(rig completion zsh)"
    Zsh,
    /// For `~/.config/fish/config.fish`: rig completion fish | source
    Fish,
}

/// Says whether a command line that cannot be understood asks for JSON all the same.
pub(crate) fn asks_for_json(words: &[OsString]) -> bool {
    options(words).any(|word| word == "--json")
}

/// Says when a command line wants colors, before it is understood.
pub(crate) fn color_choice(words: &[OsString]) -> ColorWhen {
    let values = options(words).zip(options(words).skip(1).chain([""]));
    let named = values.filter_map(|(word, next)| match word.split_once('=') {
        Some(("--color", value)) => Some(value),
        None if word == "--color" => Some(next),
        _ => None,
    });
    named
        .last()
        .and_then(|value| ColorWhen::from_str(value, false).ok())
        .unwrap_or_default()
}

fn options(words: &[OsString]) -> impl Iterator<Item = &str> {
    words
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .filter_map(|word| word.to_str())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn colors_are_known_before_parsing() {
        let check = |line: &str, expected| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(color_choice(&words), expected, "{line}");
        };
        check("rig plan", ColorWhen::Auto);
        check("rig plan --color=never", ColorWhen::Never);
        check("rig --color always plan", ColorWhen::Always);
        check("rig do x -- --color=never", ColorWhen::Auto);
    }

    #[test]
    fn the_words_of_an_operation_are_left_to_it() {
        let parsed = Arguments::try_parse_from([
            "rig", "run", "-w", "web", "one", "test", "--json", "--help", "x",
        ])
        .unwrap();
        let Command::Run(options) = parsed.command else {
            panic!("not a run");
        };
        let Some(OperationWords::Words(words)) = options.operation else {
            panic!("no operation");
        };
        assert_eq!(options.workspace.as_deref(), Some("one"));
        assert_eq!(words, ["test", "--json", "--help", "x"]);
        assert_eq!(parsed.globals.workflow.as_deref(), Some("web"));
    }
}
