//! `rig doctor`: versions, paths, the state's health, and how to mend what is wrong.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use anstyle::Style;
use rigkit_engine::{
    EngineError, Health, HealthPosition, HealthProblem, RuntimeKind,
    authoring::DECLARATION_FILES,
    display_text::{self, MOST_OF_A_MESSAGE, cut},
};
use serde::Serialize;

use super::types::{check_declarations_directory, declarations_directory};
use crate::{
    context::{Context, host_directory, host_storage_directory, shown_path},
    failure::{Exit, Failure},
    output,
    style::{BAD, FAINT, GOOD, NAME, paint},
    styled_text::{Line, hanging, paint_lines, styled},
};

/// Is the document of the examination.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Examination {
    version: &'static str,
    executable: Option<PathBuf>,
    platform: String,
    host_directory: PathBuf,
    host_storage: PathBuf,
    /// The Node.js on `PATH`, where there is one.
    node: Option<NodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<Health>,
    problems: Vec<HealthProblem>,
}

#[derive(Serialize)]
struct NodeVersion {
    path: PathBuf,
    version: String,
}

/// Looks at everything, and fails when something is wrong.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let examination = examine(context);
    if context.options.json {
        output::document(&examination)?;
    } else {
        output::lines(&text(&examination))?;
    }
    Ok(if examination.problems.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn examine(context: &Context) -> Examination {
    let mut problems = Vec::new();
    let node = node();
    let host_directory = host_directory();
    let host_storage = host_storage_directory(&host_directory);
    problems.extend(unwritable(&host_storage));
    let project = match context.engine_to_examine() {
        Ok((engine, environment_problems)) => {
            let health = engine.health();
            let errors = environment_problems.into_iter().map(EngineError::from);
            problems.extend(errors.map(|error| HealthProblem::of(&error)));
            problems.extend(project_problems(&health));
            Some(health)
        }
        Err(failure) => {
            problems.push(problem(failure.to_string(), failure.help()));
            None
        }
    };
    Examination {
        version: env!("CARGO_PKG_VERSION"),
        executable: std::env::current_exe().ok(),
        platform: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        host_directory,
        host_storage,
        node,
        project,
        problems,
    }
}

fn project_problems(health: &Health) -> Vec<HealthProblem> {
    let reported = health
        .definition_problems
        .iter()
        .chain(&health.state.problems);
    let mut problems: Vec<HealthProblem> = reported.cloned().collect();
    problems.extend(health.state.path.parent().and_then(unwritable));
    problems.extend(bad_declarations(&health.root));
    problems
}

fn problem(message: String, help: Option<String>) -> HealthProblem {
    HealthProblem {
        message,
        position: None,
        help,
    }
}

/// A directory that is not there yet is made when it is needed, if the one above lets it.
fn unwritable(directory: &Path) -> Option<HealthProblem> {
    let existing = directory.ancestors().find(|ancestor| ancestor.exists())?;
    let access = nix::unistd::access(existing, nix::unistd::AccessFlags::W_OK);
    access.err().map(|error| {
        let (path, error) = (display_text::path(existing), io::Error::from(error));
        let message = format!("`{path}` cannot be written: {error}");
        let help = format!("make it writable: chmod u+w {path}");
        problem(message, Some(help))
    })
}

/// Declaration files of another version give an editor wrong advice, those that cannot be
/// written none.
fn bad_declarations(root: &Path) -> Option<HealthProblem> {
    if let Err(failure) = check_declarations_directory(root) {
        return Some(problem(failure.to_string(), failure.help()));
    }
    let directory = declarations_directory(root);
    if !directory.is_dir() {
        return None;
    }
    let is_current = |file: &rigkit_engine::authoring::DeclarationFile| {
        std::fs::read_to_string(directory.join(file.name)).is_ok_and(|text| text == file.contents)
    };
    if DECLARATION_FILES.iter().all(is_current) {
        return None;
    }
    let message = format!(
        "the declaration files in `{}` are of another version of rig",
        shown_path(&directory)
    );
    Some(problem(message, Some("refresh them: rig types".to_owned())))
}

fn node() -> Option<NodeVersion> {
    let directories = std::env::var_os("PATH")?;
    let path = std::env::split_paths(&directories)
        .map(|directory| directory.join("node"))
        .find(|path| path.is_file())?;
    let output = Command::new(&path).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Some(NodeVersion { path, version })
}

fn text(examination: &Examination) -> Vec<Line> {
    let mut lines = vec![
        line("rig", examination.version),
        line("executable", &path(examination.executable.as_deref())),
        line("platform", &examination.platform),
        line(
            "host storage",
            &display_text::path(&examination.host_storage).to_string(),
        ),
        line("node", &node_text(examination.node.as_ref())),
    ];
    if let Some(health) = &examination.project {
        lines.extend(project_lines(health));
    }
    lines.push(styled![]);
    match examination.problems.as_slice() {
        [] => lines.push(paint(GOOD, "everything is as it should be").into()),
        problems => lines.extend(problems.iter().flat_map(problem_text)),
    }
    lines
}

fn project_lines(health: &Health) -> Vec<Line> {
    let state = match (health.state.exists, health.state.serial) {
        (false, _) => "not there yet".to_owned(),
        (true, Some(serial)) => format!("serial {serial}"),
        (true, None) => "cannot be read".to_owned(),
    };
    let mut lines = vec![
        line("project", &display_text::path(&health.root).to_string()),
        line("config", &shown_path(&health.config)),
        line("workflows", &health.workflows.join(", ")),
        line(
            "state",
            &format!("{} ({state})", shown_path(&health.state.path)),
        ),
    ];
    lines.extend(health.runtime.as_ref().map(runtime_line));
    lines
}

fn runtime_line(runtime: &RuntimeKind) -> Line {
    let told = match runtime {
        RuntimeKind::Embedded => "embedded, nothing imports a `node:` module".to_owned(),
        RuntimeKind::Node { because } => format!("Node.js, because `{because}` is imported"),
    };
    line("runtime", &told)
}

fn path(path: Option<&Path>) -> String {
    path.map(|path| display_text::path(path).to_string())
        .unwrap_or_default()
}

fn node_text(node: Option<&NodeVersion>) -> String {
    match node {
        Some(node) => format!("{} ({})", node.version, display_text::path(&node.path)),
        None => "none on `PATH`".to_owned(),
    }
}

fn line(name: &str, value: &str) -> Line {
    let name = Line::from(paint(NAME, name)).padded(12);
    styled![name, "  ", cut(value, MOST_OF_A_MESSAGE).into_owned()]
}

fn problem_text(problem: &HealthProblem) -> Vec<Line> {
    let told = |text: &str| paint_lines(Style::new(), &cut(text, MOST_OF_A_MESSAGE));
    let mut lines = hanging(styled![paint(BAD, "✗"), " "], told(&problem.message));
    lines.extend(problem.position.as_ref().map(|place| {
        let HealthPosition { file, line, column } = place;
        let place = format!(" {}:{line}:{column}", shown_path(file));
        styled!["  ", paint(FAINT, "at:"), place]
    }));
    let help = problem.help.iter();
    let heading = || styled!["  ", paint(FAINT, "help:"), " "];
    lines.extend(help.flat_map(|help| hanging(heading(), told(help))));
    lines
}
