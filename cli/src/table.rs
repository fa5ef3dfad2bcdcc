//! Tables without lines, as `docker ps` and `kubectl get` print them.

use comfy_table::{ContentArrangement, Table, presets};

use crate::style::{FAINT, paint};

/// Writes a table with a line of headings; ends with a newline.
pub(crate) fn of<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings.map(|heading| paint(FAINT, heading)));
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::style::GOOD;

    #[test]
    fn colors_do_not_disturb_the_columns() {
        let rows = [
            ["one".to_owned(), paint(GOOD, "ready"), "3h".to_owned()],
            [
                "a-longer-name".to_owned(),
                "incomplete".to_owned(),
                "2d".to_owned(),
            ],
        ];
        let text = anstream::adapter::strip_str(&of(["NAME", "STATE", "AGE"], rows)).to_string();
        assert_snapshot!(text, @"
        NAME           STATE       AGE
        one            ready       3h
        a-longer-name  incomplete  2d
        ");
    }
}
