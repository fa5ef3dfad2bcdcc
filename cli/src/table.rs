//! Tables without lines, as `docker ps` and `kubectl get` print them.

use crate::{
    style::{FAINT, paint},
    styled_text::{Line, styled},
};

/// The most characters of one cell; a longer one would push the others off the screen.
const MOST_OF_A_CELL: usize = 200;

/// The most columns of the terminal that a cell makes the others of its column wide: what stands beside a longer
/// one follows it directly, and that of the others stays where it is seen.
const WIDEST_COLUMN: usize = 60;

/// The blanks between two columns.
const GAP: usize = 2;

/// Returns the lines of a table, the first one of them with headings.
pub(crate) fn of<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [Line; COLUMNS]>,
) -> Vec<Line> {
    let headings = headings.map(|heading| Line::from(paint(FAINT, heading)));
    let rows = rows.into_iter().map(cells);
    let rows: Vec<[Line; COLUMNS]> = std::iter::once(headings).chain(rows).collect();
    let widths =
        std::array::from_fn(|column| column_width(rows.iter().filter_map(|row| row.get(column))));
    rows.into_iter().map(|row| line(row, &widths)).collect()
}

/// Returns how wide a column of cells is.
pub(crate) fn column_width<'a>(cells: impl Iterator<Item = &'a Line>) -> usize {
    let widths = cells.map(Line::width);
    let widths = widths.filter(|width| *width <= WIDEST_COLUMN);
    widths.max().unwrap_or_default()
}

/// Nothing stands beside the last cell, so blanks in it mean nothing.
fn cells<const COLUMNS: usize>(row: [Line; COLUMNS]) -> [Line; COLUMNS] {
    let mut column = 0;
    row.map(|cell| {
        column += 1;
        let cell = cell.shortened(MOST_OF_A_CELL);
        if column < COLUMNS {
            cell.into_column()
        } else {
            cell
        }
    })
}

fn line<const COLUMNS: usize>(row: [Line; COLUMNS], widths: &[usize; COLUMNS]) -> Line {
    let mut line = styled![];
    for (cell, width) in row.into_iter().zip(widths) {
        line.push(cell.padded(*width));
        line.push(" ".repeat(GAP));
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
    fn a_cell_neither_forges_a_column_nor_pushes_one_away() {
        let long = "x".repeat(70);
        let rows = vec![
            ["a  ready".into(), "incomplete".into(), "b  c".into()],
            [long.as_str().into(), "ready".into(), "".into()],
        ];
        let expected = format!(
            "NAME           STATE       WHAT\na \\u{{20}}ready  incomplete  b  c\n{long}  ready"
        );
        assert_eq!(text(["NAME", "STATE", "WHAT"], rows), expected);
    }

    #[test]
    fn a_long_cell_is_cut() {
        let rows = vec![["x".repeat(1_200).into(), "end".into()]];
        let text = text(["A", "B"], rows);
        assert!(text.ends_with("xx… 1,000 more  end"), "{text}");
    }
}
