//! The layouts a state file has had, and the way from each to the next.

use rusqlite::{Connection, TransactionBehavior};

/// The number in a file's header that says it is a state file of Rigkit.
const APPLICATION_ID: u32 = 0x5267_6B74;

/// The layouts there are.
pub(super) const LAYOUTS: Layouts<'static> = Layouts {
    steps: &[
        include_str!("migrations/0001_initial.sql"),
        include_str!("migrations/0002_runs_by_identity.sql"),
        include_str!("migrations/0003_failures.sql"),
    ],
    schemas: &[
        include_str!("migrations/0001_initial.schema"),
        include_str!("migrations/0002_runs_by_identity.schema"),
        include_str!("migrations/0003_failures.schema"),
    ],
};

/// The steps from an empty file to the newest layout, and what each leaves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layouts<'a> {
    /// The statements of each step; layout `n` is what the first `n` make.
    ///
    /// A step that was released is never edited: a change is a further step.
    pub steps: &'a [&'a str],
    /// The description of the schema after each step, as
    /// [`difference`](super::schema::difference) reads it: making it anew would take longer than
    /// a plan.
    pub schemas: &'a [&'a str],
}

/// What a database file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Nothing was written to it yet.
    Empty,
    /// A state file of this layout, which the caller knows.
    Known(usize),
    /// A state file of a layout that the caller does not know yet.
    Newer(u32),
    /// Another program's.
    Foreign,
}

/// Tells what a database is, by its header and whether it holds anything.
pub(super) fn layout(connection: &Connection, layouts: &Layouts<'_>) -> rusqlite::Result<Layout> {
    // All of it at one moment: another process may be making the file right now.
    let _moment = if connection.is_autocommit() {
        Some(connection.unchecked_transaction()?)
    } else {
        None
    };
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let application = number("application_id")?;
    let version = number("user_version")?;
    // Asked of a state file too: the answer takes reading the schema, which shows most damage.
    let holds_something =
        connection.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", (), |row| {
            row.get(0)
        })?;
    if application == APPLICATION_ID && version > 0 {
        return Ok(match usize::try_from(version) {
            Ok(known) if known <= layouts.steps.len() => Layout::Known(known),
            _ => Layout::Newer(version),
        });
    }
    if application != 0 || version != 0 || holds_something {
        Ok(Layout::Foreign)
    } else {
        Ok(Layout::Empty)
    }
}

/// Brings a database to the newest layout, one transaction a step, and says what it is now.
///
/// Several processes may do this at once: each looks again once it may write.
pub(super) fn migrate(
    connection: &mut Connection,
    layouts: &Layouts<'_>,
) -> rusqlite::Result<Layout> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = layout(&transaction, layouts)?;
        let done = match found {
            Layout::Empty => 0,
            Layout::Known(version) => version,
            Layout::Newer(_) | Layout::Foreign => return Ok(found),
        };
        let Some(step) = layouts.steps.get(done) else {
            return Ok(found);
        };
        transaction.execute_batch(step)?;
        transaction.execute_batch(&format!("PRAGMA user_version = {}", done + 1))?;
        transaction.commit()?;
    }
}
