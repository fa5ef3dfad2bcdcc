//! Tables without lines, as `docker ps` and `kubectl get` print them.

use crate::{
    style::{FAINT, paint},
    styled_text::{Line, styled},
};

/// The most characters of one cell; a longer one would push the others off the screen.
const MOST_OF_A_CELL: usize = 200;

/// The blanks between two columns.
const GAP: usize = 2;

/// Returns the lines of a table, the first one of them with headings.
pub(crate) fn of<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [Line; COLUMNS]>,
) -> Vec<Line> {
    let headings = headings.map(|heading| Line::from(paint(FAINT, heading)));
    let rows = rows
        .into_iter()
        .map(|row| row.map(|cell| cell.shortened(MOST_OF_A_CELL)));
    let rows: Vec<[Line; COLUMNS]> = std::iter::once(headings).chain(rows).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    rows.into_iter().map(|row| line(row, &widths)).collect()
}

fn line<const COLUMNS: usize>(row: [Line; COLUMNS], widths: &[usize; COLUMNS]) -> Line {
    let mut line = styled![];
    for (cell, width) in row.into_iter().zip(widths) {
        line.push(cell.padded(width + GAP));
    }
    line.trimmed()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::style::GOOD;

    fn text<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: Vec<[Line; COLUMNS]>) -> String {
        let lines: Vec<String> = of(headings, rows).iter().map(Line::plain).collect();
        lines.join("\n")
    }

    #[test]
    fn colors_do_not_disturb_the_columns() {
        let rows = vec![
            ["one".into(), paint(GOOD, "ready").into(), "3h".into()],
            ["a-longer-name".into(), "incomplete".into(), "2d".into()],
            ["漢字\n".into(), "".into(), "".into()],
        ];
        assert_snapshot!(text(["NAME", "STATE", "AGE"], rows), @r"
        NAME           STATE       AGE
        one            ready       3h
        a-longer-name  incomplete  2d
        漢字\n
        ");
    }

    #[test]
    fn a_long_cell_is_cut() {
        let rows = vec![["x".repeat(1_200).into(), "end".into()]];
        let text = text(["A", "B"], rows);
        assert!(text.ends_with("xx… 1,000 more  end"), "{text}");
    }
}
