//! The file in which `serve` keeps all tenants from one run to the next.

use std::{
    fs::{self, File, TryLockError},
    hash::{BuildHasher, RandomState},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{
    Stage, StageSnapshot,
    snapshot::{FormatError, RestoreError},
};

/// How often it is looked whether something has changed. What changes is saved once it has been quiet for as long.
const LOOK: Duration = Duration::from_millis(250);

/// The longest that a change waits where it is never quiet.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What can go wrong with a state file. It is left as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("{} cannot be used as state: {source}; name another file, or move this one away to begin anew", .path.display())]
    NoState { path: PathBuf, source: FormatError },
    #[error("{} cannot be used as state: it is no text; name another file, or move this one away to begin anew", .0.display())]
    NoText(PathBuf),
    #[error("{} cannot be used as state: {source}; move it away to begin anew", .path.display())]
    Restore { path: PathBuf, source: RestoreError },
    #[error("{} cannot be read: {source}; name another file with --state", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is in use by another serve; stop that one, or name another file", .0.display())]
    InUse(PathBuf),
    #[error("{} cannot be written: {source}; name a file in a folder that is there and can be written to", .path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// A state file, and what stands in it.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    hasher: RandomState,
    /// What the stage was like when it was saved, and the hash of the text that was written.
    saved: Option<(u64, u64)>,
    /// Held while this process keeps its tenants here.
    _lock: Lock,
}

impl StateFile {
    /// The file at `path`, and what it holds; nothing if there is no such file yet.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<StageSnapshot>), StateError> {
        // A link is followed once and for all: it stays, and the file it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let lock = Lock::on(&path)?;
        clear_up(&path);
        let held = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(StateError::Read { path, source }),
            Ok(bytes) => {
                let Ok(text) = String::from_utf8(bytes) else { return Err(StateError::NoText(path)) };
                let snapshot = StageSnapshot::from_json(&text);
                Some(snapshot.map_err(|source| StateError::NoState { path: path.clone(), source })?)
            }
        };
        Ok((Self { path, hasher: RandomState::new(), saved: None, _lock: lock }, held))
    }

    /// Puts what the file holds into `stage`.
    pub(crate) fn restore(&self, held: &StageSnapshot, stage: &Stage) -> Result<(), StateError> {
        stage.restore(held).map_err(|source| StateError::Restore { path: self.path.clone(), source })
    }

    /// Writes the stage as it is now, unless the file says that already.
    pub(crate) fn save(&mut self, stage: &Stage) -> Result<(), StateError> {
        // Before the snapshot: what changes between the two is saved the next time.
        let revision = stage.revision(&self.hasher);
        let text = stage.snapshot().to_json();
        let hash = self.hasher.hash_one(&text);
        if self.saved.is_none_or(|(_, of)| of != hash) {
            replace(&self.path, &text)
                .map_err(|source| StateError::Write { path: self.path.clone(), source })?;
        }
        self.saved = Some((revision, hash));
        Ok(())
    }

    fn is_behind(&self, revision: u64) -> bool {
        self.saved.is_none_or(|(saved, _)| saved != revision)
    }

    /// Saves what changes until `stopped`. What cannot be saved is said once, and tried again.
    pub(crate) async fn follow(mut self, stage: &Stage, stopped: impl Future<Output = ()>) -> Self {
        let mut stopped = std::pin::pin!(stopped);
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_seen = stage.revision(&self.hasher);
        let mut behind_since = None;
        let mut said = false;
        loop {
            tokio::select! {
                () = &mut stopped => return self,
                _ = looks.tick() => {}
            }
            let revision = stage.revision(&self.hasher);
            let quiet = revision == last_seen;
            last_seen = revision;
            if !self.is_behind(revision) {
                behind_since = None;
                continue;
            }
            let since = *behind_since.get_or_insert_with(Instant::now);
            if !quiet && since.elapsed() < LONGEST_WAIT {
                continue;
            }
            behind_since = None;
            // Blocks this thread for as long as the disk takes; the runtime moves others out of the way.
            match tokio::task::block_in_place(|| self.save(stage)) {
                Ok(()) => said = false,
                Err(error) => {
                    if !said {
                        anstream::eprintln!("rehearsal: {error}; it is tried again");
                    }
                    said = true;
                }
            }
        }
    }
}

/// Keeps others from writing the same file. It is replaced again and again, so that a file beside it is locked.
#[derive(Debug)]
struct Lock {
    beside: PathBuf,
    _held: File,
}

impl Lock {
    fn on(path: &Path) -> Result<Self, StateError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder(path).join(format!(".{name}.lock"));
        let write = |source| StateError::Write { path: path.to_owned(), source };
        loop {
            let held = File::create(&beside).map_err(write)?;
            match held.try_lock() {
                // Whoever had it may have taken it away meanwhile.
                Ok(()) if is_at(&held, &beside) => return Ok(Self { beside, _held: held }),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StateError::InUse(path.to_owned())),
                Err(TryLockError::Error(source)) => return Err(write(source)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be removed is used again.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Whether the open file is the one that the path leads to.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let same = file.metadata().ok().zip(fs::metadata(path).ok());
    same.is_some_and(|(one, other)| (one.dev(), one.ino()) == (other.dev(), other.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Replaces the file as a whole: whoever reads it, and whatever happens meanwhile, finds the old text or the new one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Readable by its owner alone, since it holds secrets in the clear.
    let folder = folder(path);
    let mut beside = tempfile::Builder::new().prefix(&beside(path)).tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    // The new name is on the disk only when the folder is; only Unix lets a folder be synchronised.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How the file that takes the place of `path` is called, but for the end.
fn beside(path: &Path) -> String {
    format!(".{}.rehearsal-", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes what a process that was killed while it wrote has left: it holds secrets, and nobody reads it.
fn clear_up(path: &Path) {
    let beside = beside(path);
    // What cannot be listed or removed does not keep anybody from starting.
    for entry in fs::read_dir(folder(path)).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&beside) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
