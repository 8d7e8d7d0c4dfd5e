//! The folders and files of one tenant.

use serde::{Deserialize, Serialize};

use super::item::{Content, Holder, Item, Kind, Mini, ROOT, ROOT_MINI};
use crate::{Mint, Timestamp, mint::DIGITS};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Vec<Item>", try_from = "Vec<Item>")]
pub(super) struct Drive {
    items: Vec<Item>,
}

impl From<Drive> for Vec<Item> {
    fn from(drive: Drive) -> Self {
        drive.items
    }
}

/// An item that stands before the folder it is in, or in none.
#[derive(Debug, thiserror::Error)]
#[error("the item {0:?} is not in the root folder, nor in one of its holder's that stands before it")]
pub(super) struct Homeless(String);

impl TryFrom<Vec<Item>> for Drive {
    type Error = Homeless;

    fn try_from(items: Vec<Item>) -> Result<Self, Homeless> {
        let mut drive = Self { items: Vec::with_capacity(items.len()) };
        for item in items {
            // So that every path ends at the root.
            if item.parent != ROOT && drive.folder(&item.holder, &item.parent).is_none() {
                return Err(Homeless(item.id));
            }
            drive.items.push(item);
        }
        Ok(drive)
    }
}

/// The id of a version.
fn version(mint: &Mint) -> String {
    format!("7{}", mint.text(DIGITS, 10))
}

impl Drive {
    /// What each new tenant finds: two folders and two files.
    pub(super) fn sample(mint: &Mint, now: Timestamp) -> Self {
        let mut drive = Self { items: Vec::new() };
        let contracts = drive.create_folder(mint, now, &Holder::Enterprise, "Contracts", ROOT);
        drive.create_folder(mint, now, &Holder::Enterprise, "Invoices", ROOT);
        for (name, folder) in [("Welcome.pdf", ROOT), ("Master Agreement.pdf", &contracts.id)] {
            drive.create_file(mint, now, &Holder::Enterprise, name, folder, Content::page(name));
        }
        drive
    }

    pub(super) fn create_folder(
        &mut self,
        mint: &Mint,
        now: Timestamp,
        holder: &Holder,
        name: &str,
        parent: &str,
    ) -> Item {
        self.add(mint, now, holder, name, parent, Kind::Folder)
    }

    pub(super) fn create_file(
        &mut self,
        mint: &Mint,
        now: Timestamp,
        holder: &Holder,
        name: &str,
        parent: &str,
        content: Content,
    ) -> Item {
        let kind = Kind::File { version: version(mint), content };
        self.add(mint, now, holder, name, parent, kind)
    }

    fn add(
        &mut self,
        mint: &Mint,
        created: Timestamp,
        holder: &Holder,
        name: &str,
        parent: &str,
        kind: Kind,
    ) -> Item {
        let id = format!("1{}", mint.text(DIGITS, 11));
        let (name, parent, holder) = (name.to_owned(), parent.to_owned(), holder.clone());
        let item = Item { id, name, parent, holder, created, changes: 0, kind };
        self.items.push(item.clone());
        item
    }

    fn of<'d>(&'d self, holder: &'d Holder) -> impl Iterator<Item = &'d Item> {
        self.items.iter().filter(move |item| item.holder == *holder)
    }

    pub(super) fn folder<'d>(&'d self, holder: &'d Holder, id: &'d str) -> Option<&'d Item> {
        self.of(holder).find(|item| item.id == id && !item.is_file())
    }

    pub(super) fn file<'d>(&'d self, holder: &'d Holder, id: &'d str) -> Option<&'d Item> {
        self.of(holder).find(|item| item.id == id && item.is_file())
    }

    /// A file, whoever holds it.
    pub(super) fn by_id(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id && item.is_file())
    }

    /// Gives an item another name.
    pub(super) fn rename(&mut self, id: &str, name: &str) {
        for item in self.items.iter_mut().filter(|item| item.id == id) {
            name.clone_into(&mut item.name);
            item.changes += 1;
        }
    }

    /// Gives a file other content, and the name that came with it.
    pub(super) fn add_version(&mut self, mint: &Mint, id: &str, name: &str, content: Content) {
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id && item.is_file()) {
            name.clone_into(&mut item.name);
            item.changes += 1;
            item.kind = Kind::File { version: version(mint), content };
        }
    }

    /// Removes a folder with what is in it.
    pub(super) fn remove_folder(&mut self, id: &str) {
        let mut gone = vec![id.to_owned()];
        // Every item stands behind the folder it is in.
        for item in &self.items {
            if gone.contains(&item.parent) {
                gone.push(item.id.clone());
            }
        }
        self.items.retain(|item| !gone.contains(&item.id));
    }

    pub(super) fn remove_file(&mut self, id: &str) {
        self.items.retain(|item| item.id != id || !item.is_file());
    }

    /// Folders first, then by name, as Box sorts by default.
    pub(super) fn children<'d>(&'d self, holder: &'d Holder, id: &'d str) -> Vec<&'d Item> {
        let mut children: Vec<_> = self.of(holder).filter(|item| item.parent == id).collect();
        children.sort_by_cached_key(|item| (item.is_file(), item.name.to_lowercase()));
        children
    }

    /// Items whose name has `text` in it, which is in lower case.
    pub(super) fn named_like<'d>(
        &'d self,
        holder: &'d Holder,
        text: &'d str,
    ) -> impl Iterator<Item = &'d Item> {
        self.of(holder).filter(move |item| item.name.to_lowercase().contains(text))
    }

    pub(super) fn named<'d>(
        &'d self,
        holder: &'d Holder,
        parent: &'d str,
        name: &'d str,
    ) -> Option<&'d Item> {
        self.of(holder).find(|item| item.parent == parent && item.name.eq_ignore_ascii_case(name))
    }

    /// The folders above an item, the nearest first, without the root.
    pub(super) fn above(&self, item: &Item) -> Vec<&Item> {
        let mut above = Vec::new();
        let mut parent = item.parent.as_str();
        while let Some(folder) = self.items.iter().find(|of| of.id == parent && !of.is_file()) {
            above.push(folder);
            parent = &folder.parent;
        }
        above
    }

    /// The folders above an item as Box lists them, root first.
    pub(super) fn path(&self, item: &Item) -> Vec<Mini<'_>> {
        let above = self.above(item).into_iter().rev().map(Item::mini);
        std::iter::once(ROOT_MINI).chain(above).collect()
    }
}
