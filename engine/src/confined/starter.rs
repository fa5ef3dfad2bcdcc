//! The thread that starts children.
//!
//! A child asks the kernel to be killed once its parent is gone, for whoever is killed ends
//! nothing by itself. The kernel means the thread that started it, so one thread that lives as
//! long as the process starts them all.

use std::{
    io,
    process::{Child, Command},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Sender},
    },
    thread,
};

/// A child to start, and who waits for it.
struct Order {
    command: Command,
    started: Sender<io::Result<Child>>,
}

static ORDERS: Mutex<Option<Sender<Order>>> = Mutex::new(None);

/// Starts a child that may ask to be killed together with this process. Its command is made with
/// the number of the process that it lives and dies with, if there is a thread that starts it for
/// life.
pub(super) fn start(command: impl Fn(Option<u32>) -> Command) -> io::Result<Child> {
    let Some(orders) = orders() else {
        return command(None).spawn();
    };
    let (started, child) = mpsc::channel();
    let order = Order {
        command: command(Some(std::process::id())),
        started,
    };
    let gone = |_| io::Error::other("the thread that starts processes is gone");
    orders.send(order).map_err(|_| gone(mpsc::RecvError))?;
    child.recv().map_err(gone)?
}

/// Returns where orders are taken; nowhere where there is no room for a thread.
fn orders() -> Option<Sender<Order>> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mut orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    if orders.is_none() {
        *orders = start_thread().ok();
    }
    orders.clone()
}

fn start_thread() -> io::Result<Sender<Order>> {
    let (orders, waiting) = mpsc::channel::<Order>();
    thread::Builder::new()
        .name("rigkit-starter".to_owned())
        .spawn(move || {
            for Order {
                mut command,
                started,
            } in waiting
            {
                if let Err(mpsc::SendError(Ok(mut child))) = started.send(command.spawn()) {
                    super::process::end(&mut child);
                }
            }
        })?;
    Ok(orders)
}
