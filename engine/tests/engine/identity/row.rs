//! One line of the table: an edit of the project, and the tasks that it concerns.

use crate::support::TestProject;

/// Is one change of the project.
#[derive(Clone, Copy)]
pub enum Change {
    /// Replaces a text that is in the file once.
    Edit(&'static str, &'static str, &'static str),
    /// Replaces a text wherever it is in the file.
    EditAll(&'static str, &'static str, &'static str),
    Write(&'static str, &'static str),
    Move(&'static str, &'static str),
    Variable(&'static str, &'static str),
}

/// Is an edit with what it must lead to.
pub struct Row {
    pub name: &'static str,
    pub changes: Vec<Change>,
    /// The tasks that run again because of the edit itself, sorted.
    pub pending: Vec<&'static str>,
    /// What is told of the captures that changed: `task: name old → new at file:line`.
    pub told: Vec<&'static str>,
}

/// Begins a row, in which nothing runs again yet.
pub fn row(name: &'static str) -> Row {
    Row {
        name,
        changes: Vec::new(),
        pending: Vec::new(),
        told: Vec::new(),
    }
}

impl Row {
    pub fn edit(self, file: &'static str, from: &'static str, to: &'static str) -> Self {
        self.with(Change::Edit(file, from, to))
    }

    pub fn edit_all(self, file: &'static str, from: &'static str, to: &'static str) -> Self {
        self.with(Change::EditAll(file, from, to))
    }

    pub fn write(self, file: &'static str, text: &'static str) -> Self {
        self.with(Change::Write(file, text))
    }

    pub fn rename_file(self, from: &'static str, to: &'static str) -> Self {
        self.with(Change::Move(from, to))
    }

    pub fn variable(self, name: &'static str, value: &'static str) -> Self {
        self.with(Change::Variable(name, value))
    }

    pub fn reruns(mut self, tasks: &[&'static str]) -> Self {
        self.pending = tasks.to_vec();
        self.pending.sort_unstable();
        self
    }

    pub fn tells(mut self, captures: &[&'static str]) -> Self {
        self.told = captures.to_vec();
        self
    }

    fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Changes a copy of the project.
    pub fn apply_to(&self, project: &mut TestProject) {
        for change in &self.changes {
            change.apply_to(project);
        }
    }
}

impl Change {
    fn apply_to(self, project: &mut TestProject) {
        match self {
            Self::Edit(file, from, to) => project.edit(file, from, to),
            Self::EditAll(file, from, to) => {
                let text = project.read(file);
                assert!(text.contains(from), "`{from}` in {file}");
                project.write_file(file, &text.replace(from, to));
            }
            Self::Write(file, text) => project.write_file(file, text),
            Self::Move(from, to) => {
                let target = project.path(to);
                std::fs::create_dir_all(target.parent().unwrap()).unwrap();
                std::fs::rename(project.path(from), target).unwrap();
            }
            Self::Variable(name, value) => {
                project
                    .environment
                    .insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
