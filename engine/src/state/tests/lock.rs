//! Only one holds a workflow's lock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::children::{Other, Role};
use super::*;

pub(super) fn holder(who: &str) -> Holder {
    Holder {
        pid: std::process::id(),
        start: None,
        who: who.to_owned(),
        since: at(1_000),
        command: "rig apply".to_owned(),
    }
}

#[track_caller]
fn acquired(locks: &ApplyLocks, workflow: &str, who: &str) -> ApplyLock {
    match locks.try_acquire(workflow, &holder(who)).unwrap() {
        Attempt::Acquired(lock) => lock,
        Attempt::Held(by) => panic!("held by {by:?}"),
    }
}

#[track_caller]
fn check_held_by(locks: &ApplyLocks, workflow: &str, expected: &Holder) {
    match locks.try_acquire(workflow, &holder("late")).unwrap() {
        Attempt::Acquired(_) => panic!("not held"),
        Attempt::Held(by) => assert_eq!(by.as_ref(), Some(expected)),
    }
    assert!(locks.is_held(workflow).unwrap());
    assert_eq!(locks.holder(workflow).unwrap().as_ref(), Some(expected));
}

#[test]
fn a_lock_is_held_until_dropped() {
    let place = Place::new();
    let locks = ApplyLocks::beside(&place.file());
    assert!(!locks.is_held("web").unwrap());
    assert_eq!(place.content().len(), 0, "looking makes nothing");
    let lock = acquired(&locks, "web", "mia");
    check_held_by(&locks, "web", &holder("mia"));
    check_held_by(&ApplyLocks::beside(&place.file()), "web", &holder("mia"));
    let others = ["api", "Web", "../web", "w/eb", ""].map(|name| acquired(&locks, name, "ben"));
    drop(lock);
    assert!(!locks.is_held("web").unwrap());
    assert_eq!(locks.holder("web").unwrap(), None);
    let again = acquired(&locks, "web", "ben");
    check_held_by(&locks, "web", &holder("ben"));
    drop((again, others));
    let names: Vec<String> = content_of(&place.root().join("locks"))
        .into_keys()
        .collect();
    assert_eq!(names.len(), 6);
}

#[test]
fn one_thread_at_a_time() {
    let place = Place::new();
    let locks = ApplyLocks::beside(&place.file());
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let lock = locks.acquire("web", &holder("mia")).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(lock);
                }
            });
        }
    });
}

#[test]
fn looking_does_not_get_in_the_way() {
    let place = Place::new();
    let locks = ApplyLocks::beside(&place.file());
    drop(acquired(&locks, "web", "mia"));
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while done.load(Ordering::SeqCst) == 0 {
                    locks.is_held("web").unwrap();
                }
            });
        }
        for _ in 0..500 {
            let attempt = locks.try_acquire("web", &holder("mia")).unwrap();
            let is_acquired = matches!(attempt, Attempt::Acquired(_));
            if !is_acquired {
                done.store(1, Ordering::SeqCst);
            }
            assert!(is_acquired);
        }
        done.store(1, Ordering::SeqCst);
    });
}

#[test]
fn a_lock_goes_with_its_process() {
    let place = Place::new();
    let locks = ApplyLocks::beside(&place.file());
    let mut other = Other::start(Role::HoldLock, &place.file());
    assert_eq!(other.says(), "locked");
    let by = locks.holder("web").unwrap().unwrap();
    assert_eq!(by.who, "other");
    assert_ne!(by.pid, std::process::id());
    check_held_by(&locks, "web", &by);

    let (deliver, delivered) = mpsc::channel();
    let send = move |lock| drop(deliver.send(lock));
    locks
        .acquire_on_thread("web", &holder("mia"), send)
        .unwrap();
    assert!(delivered.try_recv().is_err(), "it waits");
    other.kill();
    let lock = delivered.recv().unwrap().unwrap();
    check_held_by(&locks, "web", &holder("mia"));
    drop(lock);
    assert!(!locks.is_held("web").unwrap());
}

#[test]
fn a_lock_that_nobody_waits_for_any_more_is_free() {
    let place = Place::new();
    let locks = ApplyLocks::beside(&place.file());
    let held = acquired(&locks, "web", "mia");
    let (deliver, delivered) = mpsc::channel();
    let (finish, finished) = mpsc::channel();
    let send = move |lock| {
        drop(deliver.send(lock));
        finish.send(()).unwrap();
    };
    locks
        .acquire_on_thread("web", &holder("ben"), send)
        .unwrap();
    drop(delivered);
    drop(held);
    finished.recv().unwrap();
    drop(acquired(&locks, "web", "mia"));
}

#[test]
fn a_lock_that_cannot_be_made_is_told() {
    let place = Place::new();
    fs::write(place.root().join("locks"), "").unwrap();
    let locks = ApplyLocks::beside(&place.file());
    let error = locks.try_acquire("web", &holder("mia")).unwrap_err();
    let expected = format!(
        "failed to create the directory `{}/locks`: File exists (os error 17)",
        place.root().display()
    );
    assert_eq!(error.to_string(), expected);
}
