//! Fixtures: one text with several files and a cursor.
//!
//! A line `//- path` begins a file; a text without one is the config. `$0` is the cursor.

use std::{fs, path::Path};

/// Is a position in a file, both from 0, the column in code units of UTF-16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the project.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub character: u32,
}

/// Is what a fixture says.
#[derive(Debug)]
pub struct Fixture {
    /// The files, relative to the project, without cursor.
    pub files: Vec<(String, String)>,
    /// The cursor.
    pub cursor: Option<Place>,
}

impl Fixture {
    /// Reads a fixture.
    pub fn parse(text: &str) -> Self {
        let mut files: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(path) = line.trim().strip_prefix("//- ") {
                files.push((path.to_owned(), String::new()));
                continue;
            }
            if files.is_empty() {
                files.push(("rig.config.ts".to_owned(), String::new()));
            }
            files.last_mut().unwrap().1.push_str(line);
        }
        let mut cursor = None;
        for (path, content) in &mut files {
            if let Some(offset) = content.find("$0") {
                content.replace_range(offset..offset + 2, "");
                cursor = Some(place(path, content, offset));
            }
        }
        Self { files, cursor }
    }

    /// Writes the files into a directory.
    pub fn write_to(&self, root: &Path) {
        for (path, content) in &self.files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}

fn place(file: &str, content: &str, offset: usize) -> Place {
    let before = &content[..offset];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let character = before[start..].encode_utf16().count();
    Place {
        file: file.to_owned(),
        line: u32::try_from(line).unwrap(),
        character: u32::try_from(character).unwrap(),
    }
}
