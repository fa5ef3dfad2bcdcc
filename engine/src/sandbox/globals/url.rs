//! The native half of `URL` and `URLSearchParams`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the engine hands its arguments over by value"
)]

use rquickjs::{Ctx, Exception, Function, IntoJs, Object, Result, Value, function::Opt};
use url::{Url, form_urlencoded, quirks};

pub(super) fn add_natives(natives: &Object<'_>) -> Result<()> {
    let ctx = natives.ctx();
    natives.set("parse", Function::new(ctx.clone(), parse)?)?;
    natives.set("assign", Function::new(ctx.clone(), assign)?)
}

pub(super) fn add_query_natives(natives: &Object<'_>) -> Result<()> {
    let ctx = natives.ctx();
    natives.set("parseQuery", Function::new(ctx.clone(), parse_query)?)?;
    natives.set(
        "serializeQuery",
        Function::new(ctx.clone(), serialize_query)?,
    )
}

/// Gives the components of a URL, or as a string the reason why it is none.
fn parse(ctx: Ctx<'_>, text: String, base: Opt<String>) -> Result<Value<'_>> {
    match parse_against(&text, base.0.as_deref()) {
        Ok(url) => components(&url).into_js(&ctx),
        Err(error) => error.to_string().into_js(&ctx),
    }
}

fn parse_against(text: &str, base: Option<&str>) -> std::result::Result<Url, url::ParseError> {
    match base {
        Some(base) => Url::parse(base)?.join(text),
        None => Url::parse(text),
    }
}

/// The components in the order in which `url.js` knows them.
fn components(url: &Url) -> Vec<String> {
    let origin = quirks::origin(url);
    [
        quirks::href(url),
        &origin,
        quirks::protocol(url),
        quirks::username(url),
        quirks::password(url),
        quirks::host(url),
        quirks::hostname(url),
        quirks::port(url),
        quirks::pathname(url),
        quirks::search(url),
        quirks::hash(url),
    ]
    .map(str::to_owned)
    .into()
}

/// Gives the components of `href` after an assignment to one of them. As the standard has it, a
/// value that does not fit changes nothing, and neither does an assignment to anything else.
fn assign(ctx: Ctx<'_>, href: String, component: String, value: String) -> Result<Vec<String>> {
    let mut url = Url::parse(&href)
        .map_err(|error| Exception::throw_type(&ctx, &format!("invalid URL: {error}")))?;
    set_component(&mut url, &component, &value);
    Ok(components(&url))
}

fn set_component(url: &mut Url, component: &str, value: &str) {
    let _unfit_is_ignored = match component {
        "protocol" => quirks::set_protocol(url, value),
        "username" => quirks::set_username(url, value),
        "password" => quirks::set_password(url, value),
        "host" => quirks::set_host(url, value),
        "hostname" => quirks::set_hostname(url, value),
        "port" => quirks::set_port(url, value),
        "pathname" => {
            quirks::set_pathname(url, value);
            Ok(())
        }
        "search" => {
            quirks::set_search(url, value);
            Ok(())
        }
        "hash" => {
            quirks::set_hash(url, value);
            Ok(())
        }
        _ => Err(()),
    };
}

/// Gives names and values in turn.
fn parse_query(text: String) -> Vec<String> {
    form_urlencoded::parse(text.as_bytes())
        .flat_map(|(name, value)| [name.into_owned(), value.into_owned()])
        .collect()
}

/// Takes names and values in turn.
fn serialize_query(names_and_values: Vec<String>) -> String {
    let pairs = names_and_values
        .chunks_exact(2)
        .map(|pair| (&pair[0], &pair[1]));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
