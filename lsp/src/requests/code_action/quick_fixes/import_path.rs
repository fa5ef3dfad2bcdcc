//! An import that leads to no file: the file beside it with the nearest name.

use std::path::{Path, PathBuf};

use rigkit_engine::{
    definition::nearest,
    disk::{Links, Root},
};

use super::{Fix, Found};
use crate::requests::code_action::{Place, literal::Literal};

/// The most entries of a folder that are looked at.
const MOST_ENTRIES: usize = 1_000;

/// The endings that an import may leave out.
const ENDINGS: [&str; 4] = [".ts", ".mts", ".js", ".mjs"];

/// Imports the file that was most likely meant.
pub(super) fn fixes(place: &Place<'_>, found: &Found<'_>) -> Vec<Fix> {
    fix(place, found).into_iter().collect()
}

fn fix(place: &Place<'_>, found: &Found<'_>) -> Option<Fix> {
    let literal = Literal::at(place.document.syntax.tree()?, &found.bytes)?;
    let (folder, name) = literal.text.rsplit_once('/')?;
    if !folder.starts_with('.') {
        return None;
    }
    let known = importable(place, folder)?;
    let meant = nearest(name, known.iter().map(String::as_str))?;
    let path = format!("{folder}/{meant}");
    Some(Fix {
        title: format!("Change to `{path}`"),
        is_preferred: true,
        edits: vec![place.replacement(literal.inside.clone(), literal.inside_of(&path))],
    })
}

/// Lists what can be imported from a folder of the project, without following a link.
fn importable(place: &Place<'_>, folder: &str) -> Option<Vec<String>> {
    let beside = place.document.path.parent()?;
    let beside = beside.strip_prefix(place.view.root()).ok()?;
    let folder = normalized(&beside.join(folder))?;
    let project = Root::open(place.view.root(), Links::Refused).ok()?;
    let listing = project.list(&folder, MOST_ENTRIES).ok()?;
    let names = listing.entries.into_iter().filter_map(|(name, _)| {
        let name = name.into_string().ok()?;
        let without_ending = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
        let own = place.document.path.file_name()?.to_str()? == name;
        let extension = Path::new(&name).extension();
        let is_module = without_ending.is_some() || extension == Some("json".as_ref());
        (is_module && !own).then(|| without_ending.map_or(name.clone(), str::to_owned))
    });
    Some(names.collect())
}

/// Resolves the dots of a path below the project; nothing where it leads out.
fn normalized(path: &Path) -> Option<PathBuf> {
    let mut normalized = PathBuf::from(".");
    for part in path {
        match part.to_str() {
            Some(".") => {}
            Some("..") if normalized.as_os_str() == "." => return None,
            Some("..") => {
                normalized.pop();
            }
            _ => normalized.push(part),
        }
    }
    Some(normalized)
}
