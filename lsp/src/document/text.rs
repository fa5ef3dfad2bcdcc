//! A text with its lines, and places in it as clients count them.

use std::{ops::Range, sync::Arc};

use line_index::{LineCol, LineIndex, TextSize, WideEncoding, WideLineCol};
use tower_lsp::ls_types::{Position, PositionEncodingKind, Range as LspRange};
use tree_sitter::Point;

/// Says what a client counts columns in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum PositionEncoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, which every client knows.
    #[default]
    Utf16,
}

impl PositionEncoding {
    /// Chooses bytes where the client offers them.
    pub(crate) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        match offered {
            Some(offered) if offered.contains(&PositionEncodingKind::UTF8) => Self::Utf8,
            _ => Self::Utf16,
        }
    }

    /// Gives the name the protocol has for it.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// Is a text with its lines. It never changes: an edit makes another one.
#[derive(Debug)]
pub(crate) struct Text {
    /// The text itself.
    pub(crate) content: Arc<str>,
    lines: LineIndex,
}

impl Text {
    /// Indexes a text.
    pub(crate) fn new(content: impl Into<Arc<str>>) -> Self {
        let content = content.into();
        Self {
            lines: LineIndex::new(&content),
            content,
        }
    }

    /// Gives the text of a stretch, as far as it is inside.
    pub(crate) fn slice(&self, bytes: &Range<u32>) -> &str {
        let bytes = bytes.start as usize..bytes.end as usize;
        self.content.get(bytes).unwrap_or_default()
    }

    /// Gives the position of a byte; one outside is brought inside.
    pub(crate) fn position(&self, offset: u32, encoding: PositionEncoding) -> Position {
        let place = self.line_column(offset);
        match encoding {
            PositionEncoding::Utf8 => Position::new(place.line, place.col),
            PositionEncoding::Utf16 => self
                .lines
                .to_wide(WideEncoding::Utf16, place)
                .map_or(Position::new(place.line, place.col), |wide| {
                    Position::new(wide.line, wide.col)
                }),
        }
    }

    /// Gives the range of a stretch of bytes.
    pub(crate) fn range(&self, bytes: &Range<u32>, encoding: PositionEncoding) -> LspRange {
        LspRange::new(
            self.position(bytes.start, encoding),
            self.position(bytes.end, encoding),
        )
    }

    /// Gives the byte at a position; one outside the text or its line is brought inside, as the
    /// protocol asks for.
    pub(crate) fn offset(&self, position: Position, encoding: PositionEncoding) -> u32 {
        let Some(line) = self.lines.line(position.line) else {
            return self.len();
        };
        let (start, end) = (u32::from(line.start()), u32::from(line.end()));
        let written = self.slice(&(start..end)).trim_end_matches(['\n', '\r']);
        let last = start + size(written.len());
        let wide = WideLineCol {
            line: position.line,
            col: position.character.min(size(written.len())),
        };
        let column = match encoding {
            PositionEncoding::Utf8 => Some(wide.col),
            PositionEncoding::Utf16 => self
                .lines
                .to_utf8(WideEncoding::Utf16, wide)
                .map(|place| place.col),
        };
        let offset = column.map_or(last, |column| start.saturating_add(column).min(last));
        size(self.content.floor_char_boundary(offset as usize))
    }

    /// Gives the stretch of bytes of a range; one that is turned around is empty.
    pub(crate) fn bytes(&self, range: LspRange, encoding: PositionEncoding) -> Range<u32> {
        let start = self.offset(range.start, encoding);
        start..self.offset(range.end, encoding).max(start)
    }

    /// Gives the place of a byte as syntax trees count it.
    pub(crate) fn point(&self, offset: u32) -> Point {
        let place = self.line_column(offset);
        Point::new(place.line as usize, place.col as usize)
    }

    /// Gives the start of the line that a byte is in.
    pub(crate) fn line_start(&self, offset: u32) -> u32 {
        offset - self.line_column(offset).col
    }

    /// Gives the end of the line that a byte is in, without its line break.
    pub(crate) fn line_end(&self, offset: u32) -> u32 {
        let line = self.line_column(offset).line;
        self.offset(Position::new(line, u32::MAX), PositionEncoding::Utf8)
    }

    /// Gives the length in bytes.
    pub(crate) fn len(&self) -> u32 {
        size(self.content.len())
    }

    fn line_column(&self, offset: u32) -> LineCol {
        let offset = self.content.floor_char_boundary(offset as usize);
        self.lines
            .try_line_col(TextSize::new(size(offset)))
            .unwrap_or(LineCol { line: 0, col: 0 })
    }
}

/// Texts come in messages, none of which is that long.
pub(crate) fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, encoding: PositionEncoding, offset: u32, line: u32, character: u32) {
        let text = Text::new(text);
        let position = Position::new(line, character);
        assert_eq!(
            text.position(offset, encoding),
            position,
            "{text:?} {offset}"
        );
        assert_eq!(
            text.offset(position, encoding),
            offset,
            "{text:?} {position:?}"
        );
    }

    #[test]
    fn columns_are_counted_as_the_client_counts() {
        check("a😀b\nc", PositionEncoding::Utf16, 5, 0, 3);
        check("a😀b\nc", PositionEncoding::Utf8, 5, 0, 5);
        check("aé\r\nb", PositionEncoding::Utf16, 3, 0, 2);
        check("aé\r\nb", PositionEncoding::Utf16, 5, 1, 0);
        check("", PositionEncoding::Utf16, 0, 0, 0);
    }

    fn check_inside(text: &str, line: u32, character: u32, offset: u32) {
        let text = Text::new(text);
        let position = Position::new(line, character);
        assert_eq!(
            text.offset(position, PositionEncoding::Utf16),
            offset,
            "{text:?} {position:?}"
        );
    }

    #[test]
    fn positions_outside_are_brought_inside() {
        check_inside("ab\r\ncd", 0, 99, 2);
        check_inside("ab\ncd", 9, 0, 5);
        check_inside("ab\ncd", 1, u32::MAX, 5);
        check_inside("a😀b", 0, 2, 1);
        check_inside("", u32::MAX, u32::MAX, 0);
    }
}
