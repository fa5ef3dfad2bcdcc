//! `rig types`: refreshes the declaration files that editors read.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rigkit_engine::authoring::DECLARATION_FILES;
use serde::Serialize;

use crate::{
    context::{Context, shown_path},
    failure::{Exit, Failure},
    output,
};

#[derive(Serialize)]
struct TypesDocument {
    directory: PathBuf,
    files: Vec<&'static str>,
}

/// Writes the declaration files of the project.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let root = &context.project()?.root;
    write_declarations(root)?;
    let directory = declarations_directory(root);
    if context.options.json {
        let files = DECLARATION_FILES.iter().map(|file| file.name).collect();
        output::document(&TypesDocument { directory, files })?;
    } else if !context.options.quiet {
        let directory = shown_path(&directory);
        output::note(format!("wrote the declaration files to {directory}"));
    }
    Ok(Exit::Done)
}

/// Gives where the declaration files of a project are.
pub(super) fn declarations_directory(root: &Path) -> PathBuf {
    root.join(".rigkit").join("types")
}

/// Makes sure that nothing else is where the directory of the declaration files is to be.
pub(super) fn check_declarations_directory(root: &Path) -> Result<(), Failure> {
    let directory = declarations_directory(root);
    let is_in_the_way = |path: &&Path| path.starts_with(root) && path.exists() && !path.is_dir();
    match directory.ancestors().find(is_in_the_way) {
        Some(path) => Err(Failure::NotADirectory {
            path: PathBuf::from(shown_path(path)),
        }),
        None => Ok(()),
    }
}

/// Writes the declaration files; what else is in their directory stays.
pub(super) fn write_declarations(root: &Path) -> Result<(), Failure> {
    check_declarations_directory(root)?;
    for file in DECLARATION_FILES {
        let path = declarations_directory(root).join(file.name);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(Failure::file("create", directory))?;
        }
        fs::write(&path, file.contents).map_err(Failure::file("write", &path))?;
    }
    Ok(())
}
