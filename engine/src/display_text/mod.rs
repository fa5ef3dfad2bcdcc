//! Text that is safe to show, whatever it was made of.
//!
//! Names, titles, paths, messages and what commands write come from configs, file names, states and
//! programs. On a terminal or in an editor they are to be nothing but text: [`escape`] writes out what
//! a reader would not see or a terminal would obey, [`path`] does so for file names, [`cut`] bounds
//! the length, [`width`] measures columns, and [`OutputLines`] turns the output of a program into
//! lines whose colors are data.

mod escape;
mod limit;
mod output;
mod path;
mod width;

pub use escape::{Escaper, escape, escape_lines, is_escaped, is_shown_as_written};
pub use limit::{MOST_OF_A_MESSAGE, cut};
pub use output::{
    OutputLine, OutputLines, StyledPart, output_lines, plain_output, whole_output_lines,
};
pub use path::{ShownPath, path};
pub use width::width;
