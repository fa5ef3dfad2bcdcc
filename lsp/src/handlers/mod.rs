//! Handlers as they are written: whose they are, what they see, what their expressions stand for
//! and what they leave as context.

mod calls;
mod file;
mod functions;
mod open_calls;
mod output;
mod owners;
mod place;
mod reads;
mod search;
mod sights;
mod value;

pub(crate) use self::{
    file::{LazyFile, ProjectFile, ProjectFiles, Version},
    functions::{callee_name, is_function, pattern_around, taken_elsewhere},
    output::{Output, WrittenMembers, is_returned_context, unspread_contexts},
    owners::{
        Handler, HandlerOwner, HandlersByCode, OwnedHandler, all_handlers, handler_around,
        of_others,
    },
    place::HandlerPlace,
    reads::read_keys,
    search::word_at,
    sights::{HandlerKind, Sight},
    value::{INVALIDATE, Reader, Value},
};
