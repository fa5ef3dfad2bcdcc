//! From texts of the language, which may hold half of a surrogate pair, to texts that may not.

use rquickjs::{Function, Object, Value};

use super::loader::rigkit;

/// What stands where half of a surrogate pair was.
const REPLACEMENT: &str = "\u{fffd}";

/// A text of the language as it can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// The text, with a mark in the place of each half of a surrogate pair.
    pub(crate) text: String,
    /// Whether it is the text as it was.
    pub(crate) is_whole: bool,
}

impl Text {
    /// Reads a text; returns nothing where the value is something else.
    pub(crate) fn of(value: &Value<'_>) -> Option<Self> {
        let string = value.as_string()?;
        match string.to_string() {
            Ok(text) => Some(Self {
                text,
                is_whole: true,
            }),
            Err(rquickjs::Error::Utf8(_)) => Some(Self {
                text: without_halves(value),
                is_whole: false,
            }),
            Err(_) => None,
        }
    }
}

/// Reads a text, with a mark in the place of each half of a surrogate pair.
pub(crate) fn shown_text(value: &Value<'_>) -> Option<String> {
    Text::of(value).map(|text| text.text)
}

/// Lists the members that belong to an object itself: the name that can be shown, and the one that finds it.
pub(crate) fn member_names<'js>(object: &Object<'js>) -> rquickjs::Result<Vec<(Text, Value<'js>)>> {
    let names = object.keys::<Value<'js>>();
    let names = names.map(|name| {
        let name = name?;
        let text = Text::of(&name).ok_or(rquickjs::Error::Unknown)?;
        Ok((text, name))
    });
    names.collect()
}

fn without_halves(value: &Value<'_>) -> String {
    let ctx = value.ctx();
    let call = || -> rquickjs::Result<String> {
        let well_formed: Function = rigkit(ctx)?.get("wellFormed")?;
        well_formed.call((value.clone(),))
    };
    call().unwrap_or_else(|_| {
        // It is interrupted where the time for the language is over.
        drop(ctx.catch());
        REPLACEMENT.to_owned()
    })
}
