//! Things side by side in memory, each found by a key of four bytes.

use std::{fmt, marker::PhantomData, num::NonZeroU32};

/// Holds things of one kind. The place of one that was taken out goes to another: whoever takes it out gives up every
/// key to it.
pub(super) struct Arena<T> {
    places: Vec<Option<T>>,
    free: Vec<Key<T>>,
}

/// Where a thing is. So small since there may be millions.
pub(super) struct Key<T> {
    /// Its place, counted from one.
    number: NonZeroU32,
    of: PhantomData<fn() -> T>,
}

impl<T> Arena<T> {
    /// # Panics
    ///
    /// With more than four thousand million things, which no memory holds.
    pub(super) fn insert(&mut self, thing: T) -> Key<T> {
        let key = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            #[expect(clippy::expect_used, reason = "no memory holds so many")]
            Key::nth(self.places.len()).expect("a place has a number of 32 bits")
        });
        self.places[key.index()] = Some(thing);
        key
    }

    pub(super) fn get(&self, key: Key<T>) -> Option<&T> {
        self.places.get(key.index())?.as_ref()
    }

    pub(super) fn get_mut(&mut self, key: Key<T>) -> Option<&mut T> {
        self.places.get_mut(key.index())?.as_mut()
    }

    pub(super) fn remove(&mut self, key: Key<T>) -> Option<T> {
        let removed = self.places.get_mut(key.index())?.take()?;
        self.free.push(key);
        Some(removed)
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Key<T>, &T)> {
        (1..).zip(&self.places).filter_map(|(number, thing)| Some((Key::nth(number)?, thing.as_ref()?)))
    }
}

impl<T> Key<T> {
    fn nth(number: usize) -> Option<Self> {
        let number = NonZeroU32::new(u32::try_from(number).ok()?)?;
        Some(Self { number, of: PhantomData })
    }

    fn index(self) -> usize {
        self.number.get() as usize - 1
    }
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> PartialEq for Key<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Key<T> {}

impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_was_left_goes_to_the_next() {
        let mut arena = Arena::default();
        let (one, two) = (arena.insert("one"), arena.insert("two"));
        assert_eq!(arena.remove(one), Some("one"));
        assert_eq!((arena.get(one), arena.len()), (None, 1));
        assert_eq!(arena.remove(one), None, "it is taken out once");
        let three = arena.insert("three");
        assert_eq!(three, one);
        assert_eq!(arena.iter().collect::<Vec<_>>(), [(three, &"three"), (two, &"two")]);
    }
}
