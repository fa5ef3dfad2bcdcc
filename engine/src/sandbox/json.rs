//! From values of the language to JSON, refusing with a path what JSON cannot hold.

use std::fmt::{self, Write as _};

use rquickjs::{Ctx, Object, Type, Value as JsValue, function::This};
use serde_json::{Map, Number, Value};

use super::{
    limits::check_limits,
    text::{Text, member_names, shown_text},
};

/// What no text of JSON can hold here: it is stored and shown as UTF-8.
const HALF_A_CHARACTER: &str = "half a surrogate pair";

/// The deepest nesting a value may have; readers of the stored text stop a little deeper.
const MAX_DEPTH: usize = 100;

/// Says which part of a value is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotJson {
    /// The way to the part, outermost first.
    pub(crate) path: KeyPath,
    /// What is there instead, with its article: `a function`.
    pub(crate) what: String,
}

/// Is the way from a value to a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyPath(Vec<Key>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Name(String),
    Index(usize),
}

impl KeyPath {
    /// Gives the names at the start of the path, as far as there is no index.
    pub(crate) fn leading_names(&self) -> Vec<&str> {
        self.0
            .iter()
            .map_while(|key| match key {
                Key::Name(name) => Some(name.as_str()),
                Key::Index(_) => None,
            })
            .collect()
    }

    /// Writes the path behind a root: `input.a[0].b`.
    pub(crate) fn after(&self, root: &str) -> String {
        let mut text = root.to_owned();
        for key in &self.0 {
            // Writing to a string cannot fail.
            let _ = match key {
                Key::Index(index) => write!(text, "[{index}]"),
                Key::Name(name) if is_identifier(name) && text.is_empty() => write!(text, "{name}"),
                Key::Name(name) if is_identifier(name) => write!(text, ".{name}"),
                Key::Name(name) => write!(text, "[{name:?}]"),
            };
        }
        text
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.after(""))
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_' || first == '$')
        && characters
            .all(|character| character.is_alphanumeric() || character == '_' || character == '$')
}

/// Is what can go wrong when a value is read: it is not JSON, or reading it threw.
#[derive(Debug)]
pub(crate) enum JsonFailure {
    NotJson(NotJson),
    Threw(rquickjs::Error),
}

impl From<rquickjs::Error> for JsonFailure {
    fn from(error: rquickjs::Error) -> Self {
        Self::Threw(error)
    }
}

/// Reads a value as JSON.
pub(crate) fn to_json<'js>(ctx: &Ctx<'js>, value: &JsValue<'js>) -> Result<Value, JsonFailure> {
    let mut reader = Reader {
        object_prototype: ctx.globals().get::<_, Object>("Object")?.get("prototype")?,
        ancestors: Vec::new(),
        path: KeyPath::default(),
    };
    reader.read(value)
}

/// Reads a value as a JSON object.
pub(crate) fn to_json_object<'js>(
    ctx: &Ctx<'js>,
    value: &JsValue<'js>,
) -> Result<Map<String, Value>, JsonFailure> {
    match to_json(ctx, value)? {
        Value::Object(object) => Ok(object),
        other => Err(JsonFailure::NotJson(NotJson {
            path: KeyPath::default(),
            what: describe_json(&other).to_owned(),
        })),
    }
}

/// Names the kind of a JSON value with its article.
pub(crate) fn describe_json(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

struct Reader<'js> {
    object_prototype: Object<'js>,
    ancestors: Vec<JsValue<'js>>,
    path: KeyPath,
}

impl<'js> Reader<'js> {
    fn read(&mut self, value: &JsValue<'js>) -> Result<Value, JsonFailure> {
        // A few bytes in the language can be gigabytes here: one text in many places.
        check_limits(value.ctx())?;
        match value.type_of() {
            Type::Null => Ok(Value::Null),
            Type::Bool => Ok(Value::Bool(value.as_bool().unwrap_or_default())),
            Type::Int => Ok(Value::from(value.as_int().unwrap_or_default())),
            Type::Float => self.number(value.as_float().unwrap_or(f64::NAN)),
            Type::String => self.string(value),
            Type::Array => self.nested(value, Self::array),
            Type::Object | Type::Proxy => self.nested(value, Self::object),
            other => self.refuse(describe(other)),
        }
    }

    fn number(&self, number: f64) -> Result<Value, JsonFailure> {
        const SAFE: f64 = 9_007_199_254_740_991.0;
        if !number.is_finite() {
            return self.refuse(&number.to_string().replace("inf", "Infinity"));
        }
        if number.fract() == 0.0 && number.abs() <= SAFE {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is a whole number below 2^53"
            )]
            return Ok(Value::from(number as i64));
        }
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn string(&self, value: &JsValue<'js>) -> Result<Value, JsonFailure> {
        match Text::of(value) {
            Some(text) if text.is_whole => Ok(Value::String(text.text)),
            _ => self.refuse(&format!("a string with {HALF_A_CHARACTER}")),
        }
    }

    fn nested(
        &mut self,
        value: &JsValue<'js>,
        read: fn(&mut Self, &Object<'js>) -> Result<Value, JsonFailure>,
    ) -> Result<Value, JsonFailure> {
        if self.ancestors.contains(value) {
            return self.refuse("a cycle");
        }
        if self.ancestors.len() >= MAX_DEPTH {
            return self.refuse(&format!("nested deeper than {MAX_DEPTH} levels"));
        }
        let Some(object) = value.as_object() else {
            return self.refuse("an object of the host");
        };
        self.ancestors.push(value.clone());
        let result = read(self, object);
        self.ancestors.pop();
        result
    }

    fn array(&mut self, object: &Object<'js>) -> Result<Value, JsonFailure> {
        let length: usize = object.get("length")?;
        let mut items = Vec::new();
        for index in 0..length {
            let item: JsValue = object.get(u32::try_from(index).unwrap_or(u32::MAX))?;
            items.push(self.part(Key::Index(index), &item)?);
        }
        Ok(Value::Array(items))
    }

    fn object(&mut self, object: &Object<'js>) -> Result<Value, JsonFailure> {
        if let Some(class) = self.class_of(object)? {
            return self.refuse(&class);
        }
        let mut members = Map::new();
        for (name, key) in member_names(object)? {
            if !name.is_whole {
                return self.refuse(&format!("{HALF_A_CHARACTER} in the key {:?}", name.text));
            }
            let member: JsValue = object.get(key)?;
            let value = self.part(Key::Name(name.text.clone()), &member)?;
            members.insert(name.text, value);
        }
        Ok(Value::Object(members))
    }

    fn part(&mut self, key: Key, value: &JsValue<'js>) -> Result<Value, JsonFailure> {
        self.path.0.push(key);
        let result = self.read(value)?;
        self.path.0.pop();
        Ok(result)
    }

    fn class_of(&self, object: &Object<'js>) -> Result<Option<String>, JsonFailure> {
        let Some(prototype) = object.get_prototype() else {
            return Ok(None);
        };
        if prototype == self.object_prototype {
            return Ok(None);
        }
        let constructor: JsValue = prototype.get("constructor")?;
        let name = constructor
            .as_object()
            .and_then(|constructor| constructor.get::<_, JsValue>("name").ok())
            .and_then(|name| shown_text(&name))
            .filter(|name| !name.is_empty());
        Ok(Some(match name {
            Some(name) => format!("an instance of {name}"),
            None => "an instance of a class".to_owned(),
        }))
    }

    fn refuse<T>(&self, what: &str) -> Result<T, JsonFailure> {
        Err(JsonFailure::NotJson(NotJson {
            path: self.path.clone(),
            what: what.to_owned(),
        }))
    }
}

fn describe(kind: Type) -> &'static str {
    match kind {
        Type::Undefined | Type::Uninitialized => "undefined",
        Type::Symbol => "a symbol",
        Type::Function => "a function",
        Type::Constructor => "a class",
        Type::Promise => "a promise",
        Type::Exception => "an error",
        Type::BigInt => "a bigint",
        Type::Module => "a module",
        _ => "a value of the host",
    }
}

/// Calls `String(value)`, for a message; never fails.
pub(crate) fn display<'js>(ctx: &Ctx<'js>, value: &JsValue<'js>) -> String {
    let call = || -> rquickjs::Result<JsValue<'js>> {
        let string: rquickjs::Function = ctx.globals().get("String")?;
        string.call((This(JsValue::new_undefined(ctx.clone())), value.clone()))
    };
    let text = call().inspect_err(|_| drop(ctx.catch())).ok();
    text.and_then(|text| shown_text(&text))
        .unwrap_or_else(|| format!("{:?}", value.type_of()))
}
