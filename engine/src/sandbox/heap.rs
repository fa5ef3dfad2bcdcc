//! The memory of one language runtime, bounded, and whether it was ever not enough.
//!
//! The language throws an error where there is no memory left, and where there is none even for
//! the error it throws `null`. A program can throw both by itself, or catch them and go on, and an
//! error within a promise that nobody waits for is seen by no one. So it is noted here that
//! memory was refused.

use std::{cell::Cell, ptr, rc::Rc};

use rquickjs::allocator::Allocator;

/// What is added to each allocation for what the system keeps beside it, in bytes.
const OVERHEAD: usize = 8;

/// The account of a heap, which its allocator and the realm share.
#[derive(Debug, Clone, Default)]
pub(super) struct HeapAccount(Rc<Account>);

#[derive(Debug, Default)]
struct Account {
    used: Cell<usize>,
    limit: Cell<usize>,
    was_exhausted: Cell<bool>,
}

impl HeapAccount {
    /// Makes an account for this many bytes.
    pub(super) fn new(limit: usize) -> Self {
        let account = Self::default();
        account.set_limit(limit);
        account
    }

    /// Allows this many bytes from now on, and forgets what was refused before.
    pub(super) fn set_limit(&self, limit: usize) {
        self.0.limit.set(limit);
        self.0.was_exhausted.set(false);
    }

    /// Returns whether memory was refused since the limit was set.
    pub(super) fn was_exhausted(&self) -> bool {
        self.0.was_exhausted.get()
    }

    /// Allocates through `allocate`, in place of an allocation of some bytes.
    fn allocate(
        &self,
        size: usize,
        replaced: usize,
        allocate: impl FnOnce() -> *mut u8,
    ) -> *mut u8 {
        let account = &*self.0;
        let after = (account.used.get() - replaced).saturating_add(size.saturating_add(OVERHEAD));
        let allocated = if after > account.limit.get() {
            ptr::null_mut()
        } else {
            allocate()
        };
        if allocated.is_null() {
            account.was_exhausted.set(true);
            return allocated;
        }
        account
            .used
            .set(account.used.get() - replaced + charged(allocated));
        allocated
    }

    fn release(&self, size: usize) {
        self.0.used.set(self.0.used.get() - size);
    }
}

/// The allocator of a language runtime: that of the C library, with an account.
pub(super) struct BoundedHeap(pub(super) HeapAccount);

/// Returns what an allocation counts for.
#[expect(
    unsafe_code,
    reason = "the size of an allocation is asked of the C library"
)]
fn charged(allocated: *mut u8) -> usize {
    // SAFETY: all pointers that get here come from `malloc`, `calloc` or `realloc` below and are not
    // freed yet.
    unsafe { usable_size(allocated) + OVERHEAD }
}

#[cfg(target_os = "macos")]
use libc::malloc_size as size_of_allocation;
#[cfg(not(target_os = "macos"))]
use libc::malloc_usable_size as size_of_allocation;

/// Returns the bytes of an allocation of the C library.
///
/// # Safety
/// The pointer has to come from the C library's allocator and must not be freed yet.
#[expect(
    unsafe_code,
    reason = "the size of an allocation is asked of the C library"
)]
unsafe fn usable_size(allocated: *mut u8) -> usize {
    // SAFETY: by this function's own condition.
    unsafe { size_of_allocation(allocated.cast()) }
}

// SAFETY: the C library's allocator does what the trait asks for: null or memory of at least the
// size, aligned for any value; what is given back was made by the same allocator, for nothing else
// has these functions.
#[expect(unsafe_code, reason = "the trait is the language's way to memory")]
unsafe impl Allocator for BoundedHeap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        self.0.allocate(size, 0, || {
            // SAFETY: any size may be asked for.
            unsafe { libc::malloc(size).cast() }
        })
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        self.0.allocate(count.saturating_mul(size), 0, || {
            // SAFETY: any count and size may be asked for; a product that is too large gives null.
            unsafe { libc::calloc(count, size).cast() }
        })
    }

    unsafe fn dealloc(&mut self, allocated: *mut u8) {
        self.0.release(charged(allocated));
        // SAFETY: the caller gives back what this allocator made.
        unsafe { libc::free(allocated.cast()) }
    }

    unsafe fn realloc(&mut self, allocated: *mut u8, size: usize) -> *mut u8 {
        if allocated.is_null() {
            return self.alloc(size);
        }
        self.0.allocate(size, charged(allocated), || {
            // SAFETY: the caller hands over what this allocator made; where the answer is null it
            // is left as it is, and so is the account.
            unsafe { libc::realloc(allocated.cast(), size).cast() }
        })
    }

    unsafe fn usable_size(allocated: *mut u8) -> usize {
        // SAFETY: the caller asks about what this allocator made.
        unsafe { usable_size(allocated) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use rquickjs::{Context, Runtime};

    use super::*;

    const LIMIT: usize = 8 << 20;

    /// Runs a program and returns whether it was refused memory.
    fn exhausts(program: &str) -> bool {
        let account = HeapAccount::new(LIMIT);
        let runtime = Runtime::new_with_alloc(BoundedHeap(account.clone())).unwrap();
        let context = Context::full(&runtime).unwrap();
        context.with(|ctx| {
            let _ = ctx.eval::<rquickjs::Value, _>(program);
            while ctx.execute_pending_job() {}
        });
        drop((context, runtime));
        assert_eq!(account.0.used.get(), 0, "all that was taken is given back");
        account.was_exhausted()
    }

    #[test]
    fn memory_that_is_refused_is_noted() {
        for (program, expected) in [
            ("1", false),
            ("throw null", false),
            ("throw new Error('out of memory')", false),
            (
                "let a = []; for (let i = 0; i < 1000; i++) a.push({ i })",
                false,
            ),
            ("for (let i = 0; i < 100; i++) 'x'.repeat(1e6)", false),
            ("let a = []; for (;;) a.push({})", true),
            ("(() => { let a = []; for (;;) a.push([]) })()", true),
            ("try { 'x'.repeat(1e8) } catch {}", true),
            ("Promise.resolve().then(() => 'x'.repeat(1e8))", true),
            ("new ArrayBuffer(1e9)", true),
        ] {
            assert_eq!(exhausts(program), expected, "{program}");
        }
    }

    #[test]
    fn a_limit_that_is_lifted_binds_no_more() {
        let account = HeapAccount::new(LIMIT);
        let runtime = Runtime::new_with_alloc(BoundedHeap(account.clone())).unwrap();
        let context = Context::full(&runtime).unwrap();
        account.set_limit(usize::MAX);
        let length: usize = context.with(|ctx| ctx.eval("'x'.repeat(2e7).length").unwrap());
        assert_eq!(length, 20_000_000);
        assert!(!account.was_exhausted());
    }
}
