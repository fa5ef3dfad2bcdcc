//! `rig` on a terminal, as a person sees it and types.

use std::{
    io::{Read, Write},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::RigCommand;

/// How long nothing of what is waited for may happen before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

const SIZE: PtySize = PtySize {
    rows: 40,
    cols: 100,
    pixel_width: 0,
    pixel_height: 0,
};

/// The flag by which a terminal shows what is typed.
const ECHO: nix::libc::tcflag_t = nix::libc::ECHO;

/// A key that has no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Return.
    Enter,
    /// The arrow that points down.
    Down,
    /// Ctrl-C.
    Interrupt,
}

/// A run of `rig` whose standard streams are a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    seen: Arc<Seen>,
    /// How much of the output the test has looked at.
    looked_at: usize,
    /// Closing it would hang up.
    master: Box<dyn MasterPty + Send>,
    columns: u16,
}

/// Everything that was written to the terminal so far.
#[derive(Default)]
struct Seen {
    output: Mutex<(Vec<u8>, bool)>,
    grown: Condvar,
}

impl Terminal {
    /// Starts it.
    ///
    /// # Panics
    /// Where there is no terminal to be had.
    #[must_use]
    pub fn start(command: RigCommand) -> Self {
        Self::start_as_wide_as(command, SIZE.cols)
    }

    /// Starts it on a terminal of so many columns; one of none does not say how large it is.
    ///
    /// # Panics
    /// Where there is no terminal to be had.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a command is run once")]
    pub fn start_as_wide_as(command: RigCommand, columns: u16) -> Self {
        let size = PtySize {
            rows: if columns == 0 { 0 } else { SIZE.rows },
            cols: columns,
            ..SIZE
        };
        let terminal = native_pty_system().openpty(size).unwrap();
        let (words, variables, directory) = command.parts();
        let mut builder = CommandBuilder::from_argv(words);
        builder.cwd(directory);
        builder.env_clear();
        for (name, value) in variables {
            builder.env(name, value);
        }
        let child = terminal.slave.spawn_command(builder).unwrap();
        drop(terminal.slave);
        let seen = Arc::new(Seen::default());
        let reader = terminal.master.try_clone_reader().unwrap();
        let writer = Arc::clone(&seen);
        thread::spawn(move || writer.read(reader));
        Self {
            child,
            keyboard: terminal.master.take_writer().unwrap(),
            seen,
            looked_at: 0,
            master: terminal.master,
            columns: if columns == 0 { SIZE.cols } else { columns },
        }
    }

    /// Waits until a text is written after what was waited for last.
    ///
    /// # Panics
    /// Where the process ends without it.
    pub fn wait_for(&mut self, text: &str) {
        let from = self.looked_at;
        let found = self.seen.wait_until(|output| find(&output[from..], text));
        self.looked_at +=
            found.unwrap_or_else(|| panic!("no `{text}` on the terminal:\n{}", self.screen()));
    }

    /// Types a text.
    ///
    /// # Panics
    /// Where nobody can type any more.
    pub fn type_text(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until what is typed is no longer shown: what was typed before that is thrown away.
    ///
    /// # Panics
    /// Where it never comes to that.
    pub fn wait_for_secrecy(&self) {
        let deadline = Instant::now() + PATIENCE;
        let shows_keys = || {
            let settings = self.master.get_termios().unwrap();
            settings.local_flags.bits() & ECHO != 0
        };
        while shows_keys() {
            assert!(Instant::now() < deadline, "{}", self.screen());
            thread::yield_now();
        }
    }

    /// Presses a key.
    ///
    /// # Panics
    /// Where nobody can type any more.
    pub fn press(&mut self, key: Key) {
        self.type_text(match key {
            Key::Enter => "\r",
            Key::Down => "\u{1b}[B",
            Key::Interrupt => "\u{3}",
        });
    }

    /// Waits for the end and gives the exit code and what is on the screen then.
    ///
    /// # Panics
    /// Where it does not end.
    #[must_use]
    pub fn finish(mut self) -> (u32, String) {
        self.seen.wait_until(|_| None::<()>);
        let status = self.child.wait().unwrap();
        (status.exit_code(), self.screen())
    }

    /// Waits for the end and gives the exit code, what is on the screen then, and everything that was written.
    ///
    /// # Panics
    /// Where it does not end.
    #[must_use]
    pub fn finish_with_all(mut self) -> (u32, String, String) {
        self.seen.wait_until(|_| None::<()>);
        let status = self.child.wait().unwrap();
        (status.exit_code(), self.screen(), self.raw())
    }

    /// Waits for the end and gives everything that was written, with what only a terminal understands.
    ///
    /// # Panics
    /// Where it does not end.
    #[must_use]
    pub fn all(mut self) -> String {
        self.seen.wait_until(|_| None::<()>);
        self.child.wait().unwrap();
        self.raw()
    }

    /// Gives everything that was written, with what only a terminal understands.
    ///
    /// # Panics
    /// Where reading it has failed.
    #[must_use]
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.output.lock().unwrap().0).into_owned()
    }

    /// Gives what is on the screen.
    ///
    /// # Panics
    /// Where reading it has failed.
    #[must_use]
    pub fn screen(&self) -> String {
        let mut parser = vt100::Parser::new(SIZE.rows, self.columns, 0);
        parser.process(&self.seen.output.lock().unwrap().0);
        // Lines that are as wide as the screen are still lines of their own.
        let rows = parser.screen().rows(0, self.columns);
        let lines: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
        lines.join("\n").trim_end().to_owned()
    }
}

impl Seen {
    /// Takes in what is written, until nobody has the terminal any more.
    fn read(&self, mut reader: Box<dyn Read + Send>) {
        let mut buffer = [0; 4096];
        loop {
            let count = reader.read(&mut buffer).unwrap_or(0);
            let mut output = self.output.lock().unwrap();
            output.0.extend_from_slice(&buffer[..count]);
            output.1 = count == 0;
            self.grown.notify_all();
            if count == 0 {
                return;
            }
        }
    }

    /// Waits until something is found, or nothing more can come.
    fn wait_until<T>(&self, find: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut output = self.output.lock().unwrap();
        loop {
            if let Some(found) = find(&output.0) {
                return Some(found);
            }
            if output.1 {
                return None;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let text = String::from_utf8_lossy(&output.0).into_owned();
            assert!(
                !left.is_zero(),
                "nothing more happened on the terminal:\n{text}"
            );
            output = self.grown.wait_timeout(output, left).unwrap().0;
        }
    }
}

fn find(output: &[u8], text: &str) -> Option<usize> {
    let text = text.as_bytes();
    output
        .windows(text.len())
        .position(|window| window == text)
        .map(|start| start + text.len())
}
