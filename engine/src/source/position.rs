//! Offsets, lines and columns.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

/// Is a place in a text as a person counts: both from 1, columns in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// Is a stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceRange {
    /// The file's absolute path, or the name of a built-in module.
    pub file: PathBuf,
    /// The stretch in bytes.
    pub bytes: Range<u32>,
    /// Where it begins.
    pub start: LineColumn,
    /// Where it ends, exclusive.
    pub end: LineColumn,
}

impl SourceRange {
    /// Finds the lines and columns of a byte range.
    #[must_use]
    pub fn new(file: &Path, lines: &LineIndex, bytes: Range<u32>) -> Self {
        Self {
            file: file.to_path_buf(),
            start: lines.locate(bytes.start),
            end: lines.locate(bytes.end),
            bytes,
        }
    }
}

/// Knows where the lines of a text begin.
#[derive(Debug, Clone)]
pub struct LineIndex {
    text: Arc<str>,
    line_starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes a text.
    #[must_use]
    pub fn new(text: Arc<str>) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(newlines.map(|(offset, _)| clamp(offset + 1)))
            .collect();
        Self { text, line_starts }
    }

    /// Gives the line and column of a byte offset; one past the end counts as the end.
    #[must_use]
    pub fn locate(&self, offset: u32) -> LineColumn {
        let offset = offset.min(clamp(self.text.len()));
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let before = self
            .text
            .get(self.line_starts[line] as usize..offset as usize)
            .unwrap_or_default();
        LineColumn {
            line: clamp(line + 1),
            column: clamp(before.chars().count() + 1),
        }
    }

    /// Gives the byte offset of a line and column; a place outside the text is brought into it.
    #[must_use]
    pub fn offset(&self, place: LineColumn) -> u32 {
        let line = (place.line.max(1) as usize).min(self.line_starts.len()) - 1;
        let start = self.line_starts[line] as usize;
        let text = self.text.get(start..).unwrap_or_default();
        let line_text = text.split('\n').next().unwrap_or_default();
        let column = place.column.max(1) as usize - 1;
        let within = line_text
            .char_indices()
            .nth(column)
            .map_or(line_text.len(), |(offset, _)| offset);
        clamp(start + within)
    }
}

fn clamp(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, offset: u32, line: u32, column: u32) {
        let index = LineIndex::new(Arc::from(text));
        let place = LineColumn { line, column };
        assert_eq!(index.locate(offset), place, "{text:?} at {offset}");
        assert_eq!(
            index.offset(place),
            offset.min(clamp(text.len())),
            "{text:?} at {place:?}"
        );
    }

    #[test]
    fn counts_lines_and_columns_from_one() {
        check("", 0, 1, 1);
        check("ab\ncd", 0, 1, 1);
        check("ab\ncd", 2, 1, 3);
        check("ab\ncd", 3, 2, 1);
        check("ab\ncd", 99, 2, 3);
        check("é😀x", 6, 1, 3);
        check("a\r\nb", 3, 2, 1);
    }
}
