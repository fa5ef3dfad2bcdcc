//! A project that something is known of, or will be: what has happened to it, and what is known.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Bound,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use rigkit_engine::{
    Answers, CancellationToken, modules::ModuleGraph, project::Project, source::Looks,
};
use tokio::sync::{Notify, watch};

use crate::{
    activity::Activity,
    analysis::{Carried, Snapshot, Standing},
    document::Edit,
};

/// Is a moment in the life of a project. A project that was closed and opened again has other
/// ones than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Moment {
    /// When its text changed last.
    pub(crate) text: u64,
    /// When what was stored of it changed last, as far as that was noticed.
    pub(crate) state: u64,
}

/// Counts what happened, whichever project it happened to.
fn next_tick() -> u64 {
    static TICKS: AtomicU64 = AtomicU64::new(1);
    TICKS.fetch_add(1, Ordering::Relaxed)
}

impl Moment {
    /// Says whether everything had happened by then that had by another moment.
    pub(crate) fn includes(self, other: Self) -> bool {
        self.text >= other.text && self.state >= other.state
    }
}

/// Is a project that something is known of, or will be.
pub(crate) struct OpenProject {
    /// The project.
    pub(crate) project: Project,
    /// Where its config really is, whatever link leads there.
    pub(crate) config: PathBuf,
    /// What is known of it.
    pub(crate) snapshot: Arc<Snapshot>,
    /// What runs in it.
    pub(crate) activity: Arc<Activity>,
    /// Wakes the one who evaluates it.
    pub(crate) wake: Arc<Notify>,
    /// Tells what has been evaluated.
    pub(crate) evaluated: watch::Sender<Moment>,
    /// Whether it is kept although none of its files is open.
    pub(crate) is_pinned: bool,
    carried: Arc<HashMap<PathBuf, Carried>>,
    now: Moment,
    /// Whether several of its files are open, so that an edit of one can change what is told of
    /// another.
    pub(crate) is_shared: bool,
    /// Stops the evaluation that goes on.
    interrupt: Arc<AtomicBool>,
    /// Whether the client is to ask again once the next snapshot is there.
    owes_refresh: bool,
    /// What providers said, and the text they said it of.
    answers: Option<(u64, Arc<Answers>)>,
    /// The questions to providers that are being asked.
    pub(crate) asking: Option<Asking>,
    /// Whether they were asked about the text as it is.
    pub(crate) asked: Asked,
    /// What was there when the files that it is loaded from were looked at last.
    looks: Option<Looks>,
}

/// Whether providers were asked about the text of a project as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Asked {
    /// They were not.
    #[default]
    No,
    /// They were.
    Yes,
    /// They were, before something changed that the text reads besides.
    Outdated,
}

/// Questions that are being asked; nobody waits for the answers any more once it is dropped.
#[derive(Default)]
pub(crate) struct Asking(CancellationToken);

impl Asking {
    /// Returns what ends the questions.
    pub(crate) fn cancel(&self) -> CancellationToken {
        self.0.clone()
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl OpenProject {
    /// Begins with nothing known.
    pub(crate) fn new(project: Project) -> Self {
        Self {
            config: project.real_config_path(),
            project,
            snapshot: Arc::default(),
            activity: Arc::default(),
            wake: Arc::default(),
            evaluated: watch::Sender::new(Moment::default()),
            is_pinned: false,
            carried: Arc::default(),
            now: Moment {
                text: next_tick(),
                state: 0,
            },
            is_shared: false,
            interrupt: Arc::default(),
            owes_refresh: false,
            answers: None,
            asking: None,
            asked: Asked::default(),
            looks: None,
        }
    }

    /// Says what has happened.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// Says whether a file is part of the project, as far as is known.
    pub(crate) fn has_file(&self, path: &Path) -> bool {
        // What a broken config would import is not known.
        let may_be_imported = self.is_broken() && path.starts_with(&self.project.root);
        self.has_evaluated(path) || may_be_imported
    }

    /// Says whether a file went into the last good definition.
    pub(crate) fn has_evaluated(&self, path: &Path) -> bool {
        let definition = self.snapshot.definition.as_ref();
        self.config == path
            || definition.is_some_and(|definition| definition.graph.find(path).is_some())
    }

    /// Says whether the last text does not evaluate.
    pub(crate) fn is_broken(&self) -> bool {
        self.snapshot.standing != Standing::Current
    }

    /// Notes that the text of one of its files, or what it reads beside them, is another now.
    pub(crate) fn text_changed(&mut self) {
        self.now.text = next_tick();
        self.asking = None;
        self.interrupt.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Notes that what it reads besides the open documents is another now, of which the client
    /// knows nothing by itself.
    pub(crate) fn surroundings_changed(&mut self) {
        self.owes_refresh = true;
        if self.asked == Asked::Yes {
            self.asked = Asked::Outdated;
        }
        self.text_changed();
    }

    /// Notes that what was stored of it may be something else now.
    pub(crate) fn state_changed(&mut self) {
        self.now.state = next_tick();
        self.wake.notify_one();
    }

    /// Notes that what was told of it, and what was stored, may be something else now.
    pub(crate) fn told_anew(&mut self) {
        self.owes_refresh = true;
        self.state_changed();
    }

    /// Returns whether the next evaluation is of nothing but what an apply stores that goes on: the next
    /// task of it is soon done as well.
    pub(crate) fn may_wait(&self) -> bool {
        let is_text_new = self.evaluated.borrow().text < self.now.text;
        self.activity.is_running() && !is_text_new
    }

    /// Notes that an apply has ended, and that what it stored is to be planned.
    pub(crate) fn apply_ended(&mut self, apply: &str) {
        self.told_anew();
        let now = self.now;
        Arc::make_mut(&mut self.activity).apply_ended(apply, now);
    }

    /// Returns whether providers have to be asked once more: they were asked about the text, and what it reads
    /// besides is another now.
    pub(crate) fn must_ask_again(&self) -> bool {
        self.asked == Asked::Outdated
    }

    /// Takes up what providers said of the text of a moment.
    pub(crate) fn take_answers(&mut self, text: u64, answers: Answers) {
        self.answers = Some((text, Arc::new(answers)));
        self.told_anew();
    }

    /// Returns what providers said of the text as it is now.
    pub(crate) fn answers_for_now(&self) -> Option<Arc<Answers>> {
        let (text, answers) = self.answers.as_ref()?;
        (*text == self.now.text).then(|| Arc::clone(answers))
    }

    /// Returns whether a change at a path changes what its definition was loaded from: there, below it,
    /// or on the way there.
    pub(crate) fn looked_at(&self, changed: &Path) -> bool {
        let looked_at: &BTreeSet<PathBuf> = &self.snapshot.looked_at;
        let mut from_there =
            looked_at.range::<Path, _>((Bound::Included(changed), Bound::Unbounded));
        from_there
            .next()
            .is_some_and(|path| path.starts_with(changed))
    }

    /// Takes up what is there now of what it was loaded from; returns whether that is other than before.
    pub(crate) fn take_looks(&mut self, looks: Looks) -> bool {
        let before = self.looks.replace(looks);
        before.is_some() && before != self.looks
    }

    /// Notes that an answer was given that the next snapshot may change.
    pub(crate) fn answered_early(&mut self) {
        self.owes_refresh = true;
    }

    /// Takes up what an evaluation found; says whether what was told of documents that were not
    /// edited may be wrong now.
    pub(crate) fn land(&mut self, snapshot: Snapshot, is_text_new: bool) -> bool {
        if is_text_new && snapshot.standing == Standing::Current {
            let carried = Arc::make_mut(&mut self.carried);
            carried.values_mut().for_each(Carried::became_good);
        }
        let is_settled = self.activity.is_settled();
        let was_settled = !is_settled && Arc::make_mut(&mut self.activity).settle(&snapshot);
        let is_news = was_settled || !snapshot.says_the_same_as(&self.snapshot);
        let moment = snapshot.moment;
        if is_text_new {
            // Where nothing could be loaded, what was known last is the best guess.
            if let Some(config) = self.snapshot_config(&snapshot) {
                self.config = config;
            }
            self.looks = None;
        }
        self.snapshot = Arc::new(snapshot);
        self.evaluated.send_replace(moment);
        let is_news_elsewhere = is_news && (!is_text_new || self.is_shared);
        std::mem::take(&mut self.owes_refresh) || is_news_elsewhere
    }

    /// Returns where the config was found that a snapshot is of.
    fn snapshot_config(&self, snapshot: &Snapshot) -> Option<PathBuf> {
        let definition = snapshot.definition.as_ref()?;
        let is_new = snapshot.standing == Standing::Current;
        let entry = definition
            .graph
            .get(ModuleGraph::ENTRY)
            .filter(|_| is_new)?;
        (entry.path != self.config).then(|| entry.path.clone())
    }

    /// Forgets how a file was edited, for from now on the disk's text counts.
    pub(crate) fn forget_edits(&mut self, path: &Path) {
        if self.carried.contains_key(path) {
            Arc::make_mut(&mut self.carried).remove(path);
        }
    }

    /// Notes edits of one of its files, through which places are carried.
    pub(crate) fn edited(&mut self, path: &Path, edits: &[Edit]) {
        if edits.is_empty() {
            return;
        }
        self.asked = Asked::No;
        let carried = Arc::make_mut(&mut self.carried);
        let carried = carried.entry(path.to_owned()).or_default();
        for edit in edits {
            carried.edited(*edit);
        }
    }

    /// Notes that an evaluation of what is known now begins; gives what stops it.
    pub(crate) fn begin_evaluation(&mut self, is_text_new: bool) -> Arc<AtomicBool> {
        if is_text_new {
            self.interrupt = Arc::default();
            let carried = Arc::make_mut(&mut self.carried);
            carried.values_mut().for_each(Carried::evaluation_started);
        }
        Arc::clone(&self.interrupt)
    }

    /// Ends the evaluation that goes on, for nobody wants to know of the project any more.
    pub(crate) fn close(&self) {
        self.interrupt.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Says how its open files changed since they were evaluated.
    pub(crate) fn carried(&self) -> Arc<HashMap<PathBuf, Carried>> {
        Arc::clone(&self.carried)
    }
}
