//! Bounding what the values of `.env` files grow to before they are expanded.
//!
//! A line may name earlier variables any number of times, so forty lines that each name the one before
//! twice stand for more than any memory holds. The parser expands while it reads; so it is handed one line at a
//! time, and only as long as what the lines can grow to stays within bounds.

use std::{
    cell::RefCell,
    collections::HashMap,
    env,
    io::{self, Read},
    rc::Rc,
};

/// How many bytes all values of all files may have together.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The lines of a file, of which it is known what they can grow to. Each call of `read` gives at most
/// one, and only the part of it that has room.
pub(super) struct BoundedLines<'a> {
    rest: &'a [u8],
    /// What is left of the line that was let through.
    line: &'a [u8],
    growth: Growth,
}

/// How large the values of all files are so far.
#[derive(Clone, Default)]
pub(super) struct Growth(Rc<RefCell<Sizes>>);

#[derive(Default)]
struct Sizes {
    of_variables: HashMap<String, usize>,
    /// What has been handed out can grow to this at most.
    bytes: usize,
}

impl<'a> BoundedLines<'a> {
    pub(super) fn new(text: &'a [u8], growth: &Growth) -> Self {
        Self {
            rest: text,
            line: &[],
            growth: growth.clone(),
        }
    }

    fn next_line(&mut self) -> io::Result<()> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self
            .rest
            .split_at(end.map_or(self.rest.len(), |end| end + 1));
        (self.line, self.rest) = (line, rest);
        self.growth.admit(line)
    }
}

impl Read for BoundedLines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.line.is_empty() {
            self.next_line()?;
        }
        self.line.read(buffer)
    }
}

impl Growth {
    /// Remembers the size of a value.
    pub(super) fn note(&self, name: &str, bytes: usize) {
        let mut sizes = self.0.borrow_mut();
        sizes.of_variables.insert(name.to_owned(), bytes);
    }

    fn admit(&self, line: &[u8]) -> io::Result<()> {
        let mut sizes = self.0.borrow_mut();
        let expanded: usize = named_variables(line).map(|name| sizes.of(name)).sum();
        sizes.bytes = sizes.bytes.saturating_add(line.len() + expanded);
        if sizes.bytes <= MAX_BYTES {
            return Ok(());
        }
        let message = format!(
            "the values of all `.env` files grow to more than {} MiB",
            MAX_BYTES >> 20
        );
        Err(io::Error::new(io::ErrorKind::QuotaExceeded, message))
    }
}

impl Sizes {
    /// Returns the size of a variable's value, the process's own first, as the parser has it.
    fn of(&self, name: &str) -> usize {
        match env::var_os(name) {
            Some(value) => value.len(),
            None => self.of_variables.get(name).copied().unwrap_or(0),
        }
    }
}

/// Finds the names behind each `$` of a line, as the parser takes them, whether or not they are expanded
/// there: all up to the brace in `${NAME}`, letters and digits in `$NAME`.
fn named_variables(line: &[u8]) -> impl Iterator<Item = &str> {
    line.split(|byte| *byte == b'$').skip(1).map(|behind| {
        let behind = str::from_utf8(behind).unwrap_or_default();
        let end = match behind.strip_prefix('{') {
            Some(name) => return name.split('}').next().unwrap_or_default(),
            None => behind.find(|letter: char| !letter.is_alphanumeric()),
        };
        &behind[..end.unwrap_or(behind.len())]
    })
}
