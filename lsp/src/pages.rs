//! Documents that are made to be read once, such as a long result: files below the data folder, for every
//! editor can open a file.

use std::path::{Path, PathBuf};

use rigkit_engine::{
    disk::{DataFolder, DiskError},
    display_text::{self, escape_lines},
};
use tower_lsp::ls_types::{MessageType, ShowDocumentParams, Uri};

use crate::{outbox::Outbox, server::Server};

/// The folder of the documents, below the data folder.
const FOLDER: &str = "cache/pages";

/// The most characters of the name of a document.
const MOST_OF_A_NAME: usize = 60;

/// A document to be written.
pub(crate) struct Page<'a> {
    /// What it is about, from which its name is made.
    pub(crate) title: &'a str,
    /// The ending of its name.
    pub(crate) extension: &'static str,
    /// What is in it.
    pub(crate) text: &'a str,
}

impl Page<'_> {
    /// Returns the name of the file.
    pub(crate) fn file_name(&self) -> String {
        let plain = |character: char| match character {
            character if character.is_ascii_alphanumeric() => character,
            '.' | '_' | '-' => character,
            _ => '-',
        };
        let name: String = self.title.chars().take(MOST_OF_A_NAME).map(plain).collect();
        let name = name.trim_start_matches('.');
        format!("{name}.{}", self.extension)
    }

    /// Writes the document into the data folder of a project; a link in its place is replaced and not
    /// followed.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub(crate) fn write(&self, project_root: &Path) -> Result<PathBuf, DiskError> {
        let data_folder = DataFolder::make(project_root)?;
        data_folder.create_folders(Path::new(FOLDER))?;
        let path = Path::new(FOLDER).join(self.file_name());
        data_folder.replace(&path, escape_lines(self.text).as_bytes())?;
        Ok(data_folder.path().join(path))
    }
}

impl Server {
    /// Has the client open a document; where it cannot, the person is told something instead.
    pub(crate) fn show_page(&self, path: &Path, instead: String) {
        let shows_documents = self.world.lock().features.shows_documents;
        let uri = Uri::from_file_path(path).filter(|_| shows_documents);
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            if !is_shown(&outbox, uri).await {
                outbox.show(MessageType::INFO, instead);
            }
        });
    }
}

async fn is_shown(outbox: &Outbox, uri: Option<Uri>) -> bool {
    let Some(uri) = uri else {
        return false;
    };
    let parameters = ShowDocumentParams {
        uri,
        external: Some(false),
        take_focus: Some(true),
        selection: None,
    };
    let shown = outbox.request(|client| async move { client.show_document(parameters).await });
    shown.await == Some(true)
}

/// Returns where a document is, for a person who has to open it.
pub(crate) fn place_of(path: &Path) -> String {
    format!("the whole is in {}", display_text::path(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain() {
        let check = |title: &str, expected: &str| {
            let page = Page {
                title,
                extension: "md",
                text: "",
            };
            assert_eq!(page.file_name(), expected);
        };
        check("main.build", "main.build.md");
        check("../../a b/é", "-..-a-b--.md");
        check(&"x".repeat(100), &format!("{}.md", "x".repeat(60)));
    }
}
