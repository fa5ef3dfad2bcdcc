//! `rig doctor`: versions, paths, the state's health, and how to mend what is wrong.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anstyle::Style;
use jiff::Timestamp;
use rigkit_engine::{
    EngineError, Health, HealthPosition, HealthProblem, RuntimeKind,
    authoring::{DECLARATION_FILES, DeclarationFile},
    confined::{Confinement, Evaluator, Wall},
    disk::{DataFolder, Links, Status},
    display_text::{self, MOST_OF_A_MESSAGE, cut},
    sandbox::SandboxLimits,
    trust::{Trust, TrustRecord},
};
use serde::Serialize;

use super::types::{FOLDER, check_declarations_directory, declarations_directory};
use crate::{
    context::{Context, host_directory, host_storage_directory, shown_path},
    failure::{Exit, Failure},
    output, signals,
    style::{BAD, FAINT, GOOD, NAME, paint},
    styled_text::{Line, hanging, paint_lines, styled},
};

/// How long a program may take to tell its version.
const VERSION_TIME: Duration = Duration::from_secs(2);

/// How many bytes of a version are read.
const LONGEST_VERSION: u64 = 200;

/// What stands for a version that nobody knows.
const UNKNOWN: &str = "unknown";

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
    /// What holds the process that evaluates a stranger's config; nothing where it cannot start.
    confinement: Option<Confinement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<Health>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<TrustReport>,
    problems: Vec<HealthProblem>,
}

#[derive(Serialize)]
struct NodeVersion {
    path: PathBuf,
    /// What the program says, or `unknown` where it is not asked or does not answer.
    version: String,
}

/// Whether code of the project may run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TrustReport {
    is_trusted: bool,
    #[serde(flatten)]
    decided: Option<Decided>,
}

/// Since when it may, and by which command.
#[derive(Serialize)]
struct Decided {
    #[serde(serialize_with = "rigkit_engine::iso_time::serialize")]
    since: Timestamp,
    by: String,
}

/// Looks at everything, and fails when something is wrong.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let examination = examine(context);
    signals::require_loads()?;
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
    let trust = trust(context, &mut problems);
    let node = node(is_trusted(trust.as_ref()));
    let host_directory = host_directory();
    let host_storage = host_storage_directory(&host_directory);
    problems.extend(unwritable(&host_storage));
    let confinement = confinement(&mut problems);
    let project = match context.engine_to_examine() {
        Ok(engine) => {
            let health = engine.health();
            let warnings = &engine.options().environment.warnings;
            problems.extend(warnings.iter().map(HealthProblem::of_environment));
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
        confinement,
        project,
        trust,
        problems,
    }
}

/// Returns what was decided about the project's folder; nothing where there is no project.
fn trust(context: &Context, problems: &mut Vec<HealthProblem>) -> Option<TrustReport> {
    let record = match context.decisions.store().read() {
        Ok(record) => record,
        Err(error) => {
            problems.push(HealthProblem::of(&EngineError::from(error)));
            TrustRecord::default()
        }
    };
    let root = &context.project().ok()?.root;
    let decided = record.trust_in(root).map(|decision| Decided {
        since: decision.at,
        by: decision.by.clone(),
    });
    Some(TrustReport {
        is_trusted: decided.is_some(),
        decided,
    })
}

fn is_trusted(report: Option<&TrustReport>) -> Trust {
    match report {
        Some(report) if report.is_trusted => Trust::Trusted,
        _ => Trust::Untrusted,
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
    let existing = directory
        .ancestors()
        .find(|ancestor| Status::at(ancestor).is_ok())?;
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
    let data_folder = DataFolder::open(root).ok()??;
    let folder = data_folder
        .open_folder(Path::new(FOLDER), Links::Refused)
        .ok()?;
    let is_current = |file: &DeclarationFile| {
        let contents = folder.read(Path::new(file.name), file.contents.len() as u64);
        contents.is_ok_and(|contents| contents == file.contents.as_bytes())
    };
    if DECLARATION_FILES.iter().all(is_current) {
        return None;
    }
    let directory = declarations_directory(root);
    let message = format!(
        "the declaration files in `{}` are of another version of rig",
        shown_path(&directory)
    );
    Some(problem(message, Some("refresh them: rig types".to_owned())))
}

/// Finds Node.js; asks it for its version only in a trusted project, and not for long.
#[expect(
    clippy::disallowed_methods,
    reason = "`PATH` is the person's own, and nothing of it is read"
)]
fn node(trust: Trust) -> Option<NodeVersion> {
    let directories = std::env::var_os("PATH")?;
    let path = std::env::split_paths(&directories)
        .map(|directory| directory.join("node"))
        .find(|path| path.is_file())?;
    let version = match trust {
        Trust::Trusted => version_of(&path),
        Trust::Untrusted => None,
    };
    Some(NodeVersion {
        path,
        version: version.unwrap_or_else(|| UNKNOWN.to_owned()),
    })
}

/// Asks a program for its version; nothing where it does not answer in time.
fn version_of(program: &Path) -> Option<String> {
    let mut process = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let stdout = process.stdout.take()?;
    let (answered, answer) = mpsc::channel();
    let reader = thread::Builder::new().name("rig-version".to_owned());
    let reading = reader.spawn(move || {
        let mut text = String::new();
        let read = stdout.take(LONGEST_VERSION).read_to_string(&mut text);
        // Whoever asked may have stopped waiting.
        let _ = answered.send(read.map(|_| text));
    });
    // Without a thread it is not known, for it may never answer.
    drop(reading);
    let text = answer.recv_timeout(VERSION_TIME);
    // It has answered, or it never will.
    let _ = process.kill();
    let _ = process.wait();
    let text = text.ok()?.ok()?;
    Some(text.trim().to_owned()).filter(|version| !version.is_empty())
}

fn trust_line(report: &TrustReport) -> Line {
    let told = match &report.decided {
        Some(Decided { since, by }) => format!("trusted since {since:.0}, by `{by}`"),
        None => "not trusted: its code does not run before `rig trust` or `rig apply`".to_owned(),
    };
    line("trust", &told)
}

/// Starts the process that evaluates a stranger's config, and asks what holds it.
fn confinement(problems: &mut Vec<HealthProblem>) -> Option<Confinement> {
    let evaluator = Evaluator::new(None, SandboxLimits::default());
    let unusable = |error: io::Error| {
        let message = format!("configs that nobody trusts cannot be evaluated: {error}");
        let help = "they need a process of their own: let this user start more (`ulimit -u`)";
        problems.push(problem(message, Some(help.to_owned())));
    };
    evaluator.confinement().map_err(unusable).ok()
}

fn confinement_text(confinement: Option<&Confinement>) -> String {
    let Some(confinement) = confinement else {
        return "none: the process does not start".to_owned();
    };
    let walls = [
        ("Landlock", &confinement.landlock),
        ("seccomp", &confinement.seccomp),
        ("limits of the process", &confinement.limits),
    ];
    let (standing, lacking): (Vec<_>, Vec<_>) =
        walls.iter().partition(|(_, wall)| **wall == Wall::Standing);
    let names: Vec<&str> = standing.iter().map(|(name, _)| *name).collect();
    let lacking = lacking.iter().map(|(name, wall)| match wall {
        Wall::Missing(reason) => format!("; no {name}: {reason}"),
        Wall::Partial | Wall::Standing => format!("; {name} in part"),
    });
    names.join(", ") + &lacking.collect::<String>()
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
        line(
            "confinement",
            &confinement_text(examination.confinement.as_ref()),
        ),
    ];
    if let Some(health) = &examination.project {
        lines.extend(project_lines(health));
    }
    lines.extend(examination.trust.as_ref().map(trust_line));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wall_is_named_and_why_one_does_not_hold() {
        let missing = |reason: &str| Wall::Missing(reason.to_owned());
        let check = |landlock: Wall, seccomp: Wall, expected: &str| {
            let confinement = Confinement {
                limits: Wall::Standing,
                landlock,
                seccomp,
            };
            assert_eq!(confinement_text(Some(&confinement)), expected);
        };
        check(
            Wall::Standing,
            Wall::Standing,
            "Landlock, seccomp, limits of the process",
        );
        check(
            Wall::Partial,
            Wall::Standing,
            "seccomp, limits of the process; Landlock in part",
        );
        check(
            missing("not in this kernel"),
            missing("not permitted"),
            "limits of the process; no Landlock: not in this kernel; no seccomp: not permitted",
        );
    }
}
