//! The allocator of the program, which counts.

#![expect(
    unsafe_code,
    reason = "an allocator is unsafe by its interface; each use has its proof beside it"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::confined::out_of_memory_frame;

/// The system's allocator, which counts what each thread holds.
///
/// To be set as the `#[global_allocator]` of the program; elsewhere nothing is counted, and only
/// the language's own limit holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct CountingAllocator;

thread_local! {
    // `const` and without a destructor: no access allocates, and none comes too late.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PLACE: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Returns how many bytes this thread has allocated and nobody has freed on it since.
///
/// What one thread allocates and another frees counts for neither as it should; whoever bounds a
/// piece of work compares the count at its end with that at its start.
#[must_use]
pub fn used_by_this_thread() -> isize {
    HELD.get()
}

/// How much a thread of this process may hold before the process ends; no limit at zero.
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Ends this process as soon as a thread of it holds more than so many bytes, or the system has
/// no more. The place that the thread last [noted](note_place) is written to standard output before.
pub(crate) fn end_process_above(bytes: usize) {
    MOST.store(bytes, Ordering::Relaxed);
}

/// Notes which builder call this thread is looking at.
pub(crate) fn note_place(place: u64) {
    PLACE.set(place);
}

/// Returns the builder call that this thread looked at last.
pub(crate) fn noted_place() -> u64 {
    PLACE.get()
}

// SAFETY: every method hands its arguments to the system's allocator as they are and returns what
// that returns, so the contract of each is the system allocator's own. Counting touches a cell of
// this thread and atomics, allocates nothing and cannot unwind.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        checked(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        checked(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's promises are those that the system's allocator asks for, and the
        // pointer came from it, for no method above gives another.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size, layout.size());
        // SAFETY: the caller's promises are those that the system's allocator asks for, and the
        // pointer came from it, for no method above gives another.
        checked(unsafe { System.realloc(pointer, layout, new_size) })
    }
}

fn count(taken: usize, given_back: usize) {
    // A size never exceeds `isize::MAX`, by the contract of `Layout`.
    let change = taken.cast_signed().wrapping_sub(given_back.cast_signed());
    let held = HELD.get().wrapping_add(change);
    HELD.set(held);
    let most = MOST.load(Ordering::Relaxed);
    if most != 0 && held > most.cast_signed() {
        end_process();
    }
}

fn checked(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() && MOST.load(Ordering::Relaxed) != 0 {
        end_process();
    }
    pointer
}

/// Tells the parent, and ends. Nothing here allocates or takes a lock.
fn end_process() -> ! {
    let frame = out_of_memory_frame(PLACE.get());
    // That nobody reads it any more changes nothing about the end.
    let _ = rustix::io::write(rustix::stdio::stdout(), &frame);
    // SAFETY: `_exit` ends the process without running anything else of it, and has no
    // requirements.
    unsafe { libc::_exit(OUT_OF_MEMORY_EXIT) }
}

/// The exit code of a process that held too much.
const OUT_OF_MEMORY_EXIT: i32 = 7;
