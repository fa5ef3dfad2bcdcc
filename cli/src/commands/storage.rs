//! `rig storage`: what providers have stored, with the project and on this machine.

use jiff::Timestamp;
use rigkit_engine::{Engine, StoragePlace, StoredEntry, wording::time::age};
use serde::Serialize;

use crate::{
    arguments::StorageCommand,
    confirmation::confirm,
    context::Context,
    failure::{Exit, Failure},
    missing_name::Missing,
    output,
    plan_text::shortened,
    prompt,
    style::{FAINT, NAME, paint},
    styled_text::Line,
    table,
};

#[derive(Serialize)]
struct EntriesDocument {
    entries: Vec<StoredEntry>,
}

#[derive(Serialize)]
struct ClearedDocument {
    cleared: usize,
}

/// Does what `rig storage` was told.
pub(super) fn run(command: &StorageCommand, context: &Context) -> Result<Exit, Failure> {
    match command {
        StorageCommand::Ls { provider } => list(provider.as_deref(), context)?,
        StorageCommand::Clear { provider, yes } => clear(provider.as_deref(), *yes, context)?,
    }
    Ok(Exit::Done)
}

fn list(provider: Option<&str>, context: &Context) -> Result<(), Failure> {
    let entries = context.engine()?.stored_entries(provider)?;
    if context.options.json {
        return output::document(&EntriesDocument { entries });
    }
    if entries.is_empty() {
        output::note("nothing is stored");
        return Ok(());
    }
    let now = Timestamp::now();
    let rows = entries.iter().map(|entry| row(entry, now));
    output::lines(&table::of(
        ["PROVIDER", "KEY", "WHERE", "CHANGED", "VALUE"],
        rows,
    ))
}

fn row(entry: &StoredEntry, now: Timestamp) -> [Line; 5] {
    let place = match entry.place {
        StoragePlace::Project => "project",
        StoragePlace::Host => "this machine",
    };
    [
        paint(NAME, &entry.provider_id).into(),
        (&entry.key).into(),
        place.into(),
        format!("{} ago", age(entry.updated_at, now)).into(),
        paint(FAINT, shortened(&entry.value.to_string())).into(),
    ]
}

fn clear(provider: Option<&str>, is_confirmed: bool, context: &Context) -> Result<(), Failure> {
    let engine = context.engine()?;
    let provider = match provider {
        Some(provider) => provider.to_owned(),
        None => ask_for_provider(&engine)?,
    };
    if !is_confirmed {
        let what = format!(
            "all that the provider `{provider}` has stored in this project and on this machine"
        );
        confirm("forgetting", "Forget", &what)?;
    }
    let cleared = engine.clear_storage(&provider)?;
    if context.options.json {
        return output::document(&ClearedDocument { cleared });
    }
    if !context.options.quiet {
        let entries = if cleared == 1 { "entry" } else { "entries" };
        output::note(format!("forgot {cleared} {entries} of `{provider}`"));
    }
    Ok(())
}

/// Offers the providers there are; without a person that is an error that names what to type.
fn ask_for_provider(engine: &Engine) -> Result<String, Failure> {
    let providers = engine.storing_providers()?;
    let known: Vec<&str> = providers.iter().map(String::as_str).collect();
    let missing = Missing {
        what: "PROVIDER whose storage is to be cleared",
        line: "rig storage clear",
        type_instead: "name it: rig storage clear PROVIDER",
        known: &known,
    };
    if providers.is_empty() {
        return Err(missing.nothing("no provider has stored anything"));
    }
    missing.require_person()?;
    let index = prompt::select("Which provider?", &providers, 0)?;
    Ok(providers.into_iter().nth(index).unwrap_or_default())
}
