//! The tables, indexes and triggers that a state file of a layout has, and no others.
//!
//! A file says of itself which layout it has. Before anything else is read of it, what it holds is
//! compared with what the migrations make: a view in a table's place, a trigger or a computed
//! column would run when it is read or written.

use rusqlite::{Connection, Row};
use serde_json::{Value, json};

use super::migrations::Layouts;

/// Returns what is other in a database than in a layout, nothing where it is the same.
pub(super) fn difference(
    connection: &Connection,
    layout: usize,
    layouts: &Layouts<'_>,
) -> rusqlite::Result<Option<String>> {
    let expected = layout
        .checked_sub(1)
        .and_then(|index| layouts.schemas.get(index))
        .copied()
        .unwrap_or_default();
    let mut expected: Vec<&str> = expected.lines().collect();
    // One more than there should be shows that there are too many, and no more are read.
    let mut found = objects(connection, expected.len() + 1)?;
    found.sort_unstable();
    expected.sort_unstable();
    if found == expected {
        return Ok(None);
    }
    let foreign = found
        .iter()
        .find(|object| !expected.contains(&object.as_str()));
    let missing = expected
        .iter()
        .find(|object| !found.iter().any(|found| found == *object));
    Ok(Some(match (foreign, missing) {
        (Some(foreign), _) => format!("it has {} that is not Rigkit's", name(foreign)),
        (None, Some(missing)) => format!("it has no {}", name(missing)),
        (None, None) => "it has something twice".to_owned(),
    }))
}

/// Returns the description of everything in a database's schema, one line an object.
#[cfg(test)]
pub(super) fn describe(connection: &Connection) -> rusqlite::Result<String> {
    let mut objects = objects(connection, usize::MAX)?;
    objects.sort();
    Ok(objects.into_iter().map(|object| object + "\n").collect())
}

fn objects(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT ?1";
    let mut statement = connection.prepare(sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    statement.query_map([limit], object)?.collect()
}

fn object(row: &Row<'_>) -> rusqlite::Result<String> {
    let column = |index| row.get::<_, Option<String>>(index);
    Ok(json!([column(0)?, column(1)?, column(2)?, column(3)?]).to_string())
}

/// Returns an object's kind and name, as they stand in its description.
fn name(object: &str) -> String {
    let parts: Vec<Option<String>> = serde_json::from_str(object).unwrap_or_default();
    match parts.as_slice() {
        [Some(kind), Some(name), ..] => format!("{kind} {}", Value::from(name.as_str())),
        _ => "something".to_owned(),
    }
}
