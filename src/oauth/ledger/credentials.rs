//! Every code and token, found by its text or by its key.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use hashbrown::HashTable;

use super::{
    arena::{Arena, Key},
    book::{Held, Kind},
};
use crate::{
    Timestamp,
    oauth::{Cause, Death},
};

/// A code or token. There may be millions: what only some have is boxed.
pub(super) struct Credential {
    pub(super) text: Box<str>,
    pub(super) grant: Key<Held>,
    pub(super) kind: Kind,
    /// What it dies of when its time is up.
    pub(super) fate: Cause,
    pub(super) issued: Timestamp,
    pub(super) expires: Option<Timestamp>,
    pub(super) rare: Option<Box<Rare>>,
}

/// What only some credentials have.
#[derive(Clone, Copy, Default)]
pub(super) struct Rare {
    /// How long each use lets it live on.
    pub(super) renewed_by_use: Option<Duration>,
    /// How it died, once that is noted.
    pub(super) death: Option<Death>,
}

impl Rare {
    /// Nothing where there is nothing.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        let Self { renewed_by_use, death } = self;
        (renewed_by_use.is_some() || death.is_some()).then(|| Box::new(self))
    }
}

impl Credential {
    pub(super) fn death_at(&self, now: Timestamp) -> Option<Death> {
        let expired = self.expires.filter(|end| *end <= now).map(|at| Death { cause: self.fate, at });
        self.noted_death().or(expired)
    }

    pub(super) fn noted_death(&self) -> Option<Death> {
        self.rare.as_ref()?.death
    }

    pub(super) fn renewed_by_use(&self) -> Option<Duration> {
        self.rare.as_ref()?.renewed_by_use
    }
}

#[derive(Default)]
pub(super) struct Credentials {
    all: Arena<Credential>,
    by_text: HashTable<Key<Credential>>,
    hasher: RandomState,
}

impl Credentials {
    pub(super) fn find(&self, text: &str) -> Option<Key<Credential>> {
        let is_it = |key: &Key<Credential>| self.get(*key).is_some_and(|it| *it.text == *text);
        self.by_text.find(self.hasher.hash_one(text), is_it).copied()
    }

    pub(super) fn get(&self, key: Key<Credential>) -> Option<&Credential> {
        self.all.get(key)
    }

    pub(super) fn get_mut(&mut self, key: Key<Credential>) -> Option<&mut Credential> {
        self.all.get_mut(key)
    }

    /// Enters a credential whose text no other has.
    pub(super) fn insert(&mut self, credential: Credential) -> Key<Credential> {
        let hash = self.hasher.hash_one(&*credential.text);
        let key = self.all.insert(credential);
        let (all, hasher) = (&self.all, &self.hasher);
        // Without a credential, which does not happen, it would not be found again.
        let hash_of = |key: &Key<Credential>| all.get(*key).map_or(0, |it| hasher.hash_one(&*it.text));
        self.by_text.insert_unique(hash, key, hash_of);
        key
    }

    pub(super) fn remove(&mut self, key: Key<Credential>) -> Option<Credential> {
        let removed = self.all.remove(key)?;
        if let Ok(entry) = self.by_text.find_entry(self.hasher.hash_one(&*removed.text), |it| *it == key) {
            entry.remove();
        }
        Some(removed)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Key<Credential>, &Credential)> {
        self.all.iter()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
