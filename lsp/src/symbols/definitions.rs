//! Where something got its name.

use std::{collections::HashSet, ops::Range, path::PathBuf};

use rigkit_engine::{
    definition::Place,
    modules::{CallSite, Module},
};

use super::{ProjectNames, Symbol};
use crate::sites::CallKey;

impl ProjectNames<'_> {
    /// Lists the places that give something its name: the name, or what is called where the name
    /// is computed.
    pub(crate) fn definitions(&self, symbol: &Symbol) -> Vec<(PathBuf, Range<u32>)> {
        if let Symbol::ContextKey(call, name) = symbol {
            return self.context_keys(*call, name);
        }
        self.named_by_call(symbol).into_iter().collect()
    }

    /// Says whether something gets a name where that is written as it is.
    pub(crate) fn is_named_plainly(&self, symbol: &Symbol, name: &str) -> bool {
        let definitions = self.definitions(symbol);
        !definitions.is_empty()
            && definitions
                .iter()
                .all(|(path, bytes)| self.text(path, bytes) == name)
    }

    fn context_keys(&self, call: CallKey, name: &str) -> Vec<(PathBuf, Range<u32>)> {
        let keys = self.outputs(call).flat_map(|output| {
            let keys = output.written.keys.iter();
            let keys = keys.filter(|key| key.name == name);
            keys.map(|key| (output.path.to_owned(), key.bytes.clone()))
        });
        let mut seen = HashSet::new();
        keys.filter(|place| seen.insert(place.clone())).collect()
    }

    fn named_by_call(&self, symbol: &Symbol) -> Option<(PathBuf, Range<u32>)> {
        let place = self.place(symbol.call())?;
        let (module, call) = place.call_site(&self.definition.graph)?;
        let written = match symbol {
            Symbol::Branch(_, name) => call.property(&[name]).map(|property| &property.key),
            Symbol::Provider(_, name) if !is_first_argument(module, call, name) => call
                .property(&["providers", name])
                .map(|property| &property.key),
            _ => call
                .arguments
                .first()
                .map(|argument| &argument.span)
                .filter(|argument| is_quoted(module, argument)),
        };
        let bytes = written.map_or(call.callee.clone(), |bytes| within_quotes(module, bytes));
        Some((
            module.path.clone(),
            self.view.current_bytes(&module.path, &bytes),
        ))
    }

    /// Gives the place of a call.
    pub(crate) fn place(&self, key: CallKey) -> Option<Place> {
        let module = self.definition.graph.get(key.module)?;
        let mut calls = module.call_sites.iter();
        let ordinal = calls.position(|call| call.span.start == key.start)?;
        Some(Place::Site {
            module: key.module,
            ordinal: u32::try_from(ordinal).ok()?,
        })
    }
}

impl Symbol {
    /// Gives the call by which it is told apart.
    pub(crate) fn call(&self) -> CallKey {
        match self {
            Self::Task(call)
            | Self::Sequence(call)
            | Self::Operation(call)
            | Self::Branch(call, _)
            | Self::Provider(call, _)
            | Self::ContextKey(call, _) => *call,
        }
    }
}

fn is_first_argument(module: &Module, call: &CallSite, name: &str) -> bool {
    let first = call.arguments.first().map(|argument| &argument.span);
    first.is_some_and(|first| written(module, &within_quotes(module, first)) == name)
}

fn is_quoted(module: &Module, bytes: &Range<u32>) -> bool {
    written(module, bytes).starts_with(['"', '\'', '`'])
}

fn within_quotes(module: &Module, bytes: &Range<u32>) -> Range<u32> {
    if is_quoted(module, bytes) && bytes.len() > 1 {
        return bytes.start + 1..bytes.end - 1;
    }
    bytes.clone()
}

fn written<'a>(module: &'a Module, bytes: &Range<u32>) -> &'a str {
    let bytes = bytes.start as usize..bytes.end as usize;
    module.text.get(bytes).unwrap_or_default()
}
