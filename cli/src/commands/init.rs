//! `rig init`: a config that runs as it stands.

use std::{
    env,
    io::Write as _,
    path::{Path, PathBuf},
};

use rigkit_engine::{
    EngineError,
    authoring::TSCONFIG,
    disk::{DataFolder, DiskError, Links, Made, Root},
    project::Project,
};
use serde::Serialize;

use super::types::{declarations_directory, write_declarations};
use crate::{
    arguments::InitOptions,
    context::{Context, shown_path},
    failure::{Exit, Failure},
    output,
    style::{FAINT, GOOD, NAME, PENDING, paint},
    styled_text::{Line, styled},
};

/// The config of a new project.
const CONFIG: &str = include_str!("init/rig.config.ts");
const CONFIG_NAME: &str = "rig.config.ts";
/// What a `tsconfig.json` of somebody else needs, for an editor to find the declaration files.
const TSCONFIG_ADVICE: &str = "for completion and type errors, add to its `compilerOptions.paths`: \
    \"@rigkit/*\": [\"./.rigkit/types/*.d.ts\"]";
/// The line that keeps state and declaration files out of version control.
const IGNORED: &str = ".rigkit/";
/// The size in bytes up to which a file is looked through that is there already.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InitDocument {
    directory: PathBuf,
    files: Vec<WrittenFile>,
}

/// Is a file and what became of it.
#[derive(Serialize)]
struct WrittenFile {
    path: PathBuf,
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

/// Says what became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    /// It is new.
    Created,
    /// Something was added at its end.
    Extended,
    /// It is Rigkit's own and was written again.
    Refreshed,
    /// It was there and is as it was.
    Kept,
}

/// Writes what a project needs, and touches nothing that exists without saying so.
pub(super) fn run(options: &InitOptions, context: &Context) -> Result<Exit, Failure> {
    let directory = options
        .directory
        .clone()
        .unwrap_or_else(|| PathBuf::from("."));
    let root = Root::make_named(&directory, Links::Inside).map_err(Failure::disk("create"))?;
    let files = vec![
        config(&root)?,
        declarations(root.path())?,
        tsconfig(&root)?,
        ignore_file(&root)?,
    ];
    let directory = root.path().to_path_buf();
    if context.options.json {
        output::document(&InitDocument { directory, files })?;
    } else if !context.options.quiet {
        output::notes(&text(&directory, &files));
    }
    Ok(Exit::Done)
}

fn config(root: &Root) -> Result<WrittenFile, Failure> {
    match Project::at(root.path()).map_err(EngineError::from)? {
        Some(project) => Ok(WrittenFile::new(project.config_path(), Action::Kept)),
        None => create(root, CONFIG_NAME, CONFIG, None),
    }
}

fn declarations(directory: &Path) -> Result<WrittenFile, Failure> {
    let data_folder = DataFolder::open(directory).map_err(Failure::disk("open"))?;
    let is_there =
        data_folder.is_some_and(|folder| folder.status(Path::new(super::types::FOLDER)).is_ok());
    let action = if is_there {
        Action::Refreshed
    } else {
        Action::Created
    };
    write_declarations(directory)?;
    Ok(WrittenFile::new(declarations_directory(directory), action))
}

fn tsconfig(root: &Root) -> Result<WrittenFile, Failure> {
    const NAME: &str = "tsconfig.json";
    let finds_types = read(root, NAME).is_ok_and(|text| text.contains(".rigkit/types/"));
    create(
        root,
        NAME,
        TSCONFIG,
        (!finds_types).then_some(TSCONFIG_ADVICE),
    )
}

fn ignore_file(root: &Root) -> Result<WrittenFile, Failure> {
    const NAME: &str = ".gitignore";
    let line = format!("{IGNORED}\n");
    let existing = match read(root, NAME) {
        Ok(existing) => existing,
        Err(DiskError::NotFound { .. }) => return create(root, NAME, &line, None),
        Err(error) => return Err(Failure::disk("read")(error)),
    };
    let covers = |line: &str| {
        matches!(
            line.trim(),
            ".rigkit/" | ".rigkit" | "/.rigkit/" | "/.rigkit" | "**/.rigkit/"
        )
    };
    let path = root.path().join(NAME);
    if existing.lines().any(covers) {
        return Ok(WrittenFile::new(path, Action::Kept));
    }
    let separator = if existing.is_empty() || existing.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let mut file = root
        .open_to_append(Path::new(NAME))
        .map_err(Failure::disk("extend"))?;
    file.write_all(format!("{separator}{line}").as_bytes())
        .map_err(Failure::file("extend", &path))?;
    Ok(WrittenFile::new(path, Action::Extended))
}

fn read(root: &Root, name: &str) -> Result<String, DiskError> {
    let bytes = root.read(Path::new(name), MAX_BYTES)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a file that is not there yet; one that is stays.
fn create(
    root: &Root,
    name: &str,
    contents: &str,
    advice: Option<&'static str>,
) -> Result<WrittenFile, Failure> {
    let path = root.path().join(name);
    let made = root.create_file(Path::new(name), contents.as_bytes());
    match made.map_err(Failure::disk("write"))? {
        Made::New => Ok(WrittenFile::new(path, Action::Created)),
        Made::Before => Ok(WrittenFile {
            path,
            action: Action::Kept,
            advice,
        }),
    }
}

impl WrittenFile {
    fn new(path: PathBuf, action: Action) -> Self {
        Self {
            path,
            action,
            advice: None,
        }
    }
}

fn text(directory: &Path, files: &[WrittenFile]) -> Vec<Line> {
    let mut lines: Vec<Line> = files.iter().flat_map(file_lines).collect();
    let is_here = env::current_dir().is_ok_and(|here| here == directory);
    lines.push(styled![]);
    lines.push("next:".into());
    if !is_here {
        lines.push(next(&format!("cd {}", shown_path(directory)), "go there"));
    }
    lines.push(next("rig plan", "see what would run, and why"));
    lines.push(next("rig apply", "run it"));
    lines.push(next("rig create NAME", "make a workspace from it"));
    lines
}

fn file_lines(file: &WrittenFile) -> Vec<Line> {
    let (style, action) = match file.action {
        Action::Created => (GOOD, "created"),
        Action::Extended => (GOOD, "added to"),
        Action::Refreshed => (GOOD, "refreshed"),
        Action::Kept => (PENDING, "kept"),
    };
    let exists = if file.action == Action::Kept {
        " (it exists already)"
    } else {
        ""
    };
    let before = " ".repeat("refreshed".len() - action.len());
    let path = shown_path(&file.path);
    let first = styled![before, paint(style, action), "  ", path, exists];
    let advice = file.advice.into_iter();
    let advice = advice.map(|advice| styled![" ".repeat(11), paint(FAINT, advice)]);
    std::iter::once(first).chain(advice).collect()
}

fn next(command: &str, what: &str) -> Line {
    let command = Line::from(paint(NAME, command)).padded(16);
    styled!["  ", command, "  ", paint(FAINT, what)]
}
