//! `rig types`: refreshes the declaration files that editors read.

use std::path::{Path, PathBuf};

use rigkit_engine::{
    authoring::DECLARATION_FILES,
    disk::{DataFolder, DiskError, Links},
};
use serde::Serialize;

use crate::{
    context::{Context, shown_path},
    failure::{Exit, Failure},
    output,
};

/// Where the declaration files are below the data folder.
pub(super) const FOLDER: &str = "types";

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
    root.join(DataFolder::NAME).join(FOLDER)
}

/// Makes sure that nothing else is where the directory of the declaration files is to be.
pub(super) fn check_declarations_directory(root: &Path) -> Result<(), Failure> {
    let found = match DataFolder::open(root) {
        Ok(Some(data_folder)) => data_folder.open_folder(Path::new(FOLDER), Links::Refused),
        Ok(None) => return Ok(()),
        Err(error) => Err(error),
    };
    match found {
        Ok(_) | Err(DiskError::NotFound { .. }) => Ok(()),
        Err(error) => Err(Failure::disk("open")(error)),
    }
}

/// Writes the declaration files; what else is in their directory stays.
pub(super) fn write_declarations(root: &Path) -> Result<(), Failure> {
    let data_folder = DataFolder::make(root).map_err(Failure::disk("create"))?;
    for file in DECLARATION_FILES {
        let path = Path::new(FOLDER).join(file.name);
        if let Some(directory) = path.parent() {
            let made = data_folder.create_folders(directory);
            made.map_err(Failure::disk("create"))?;
        }
        let written = data_folder.replace(&path, file.contents.as_bytes());
        written.map_err(Failure::disk("write"))?;
    }
    Ok(())
}
