//! The registry: versions of models with their lineage, kept by the shell: in the page's storage, or as files of a folder.
//!
//! A kept version is one line of text: a format number, the SHA-256 of the content's bytes, and the content: the entry and the bundle's own file. So one file
//! is one version, several lines are a whole registry, and each is checked when it is read: the line against its fingerprint, the bundle's file
//! against the entry's and against its own. Versions of one name follow each other; [`semantic`] tells how they are numbered.

pub mod compare;
mod differences;
mod mlflow;
mod semantic;
mod version;
mod zip;

pub use differences::{differences, flat};
pub use mlflow::run_folder;
pub use semantic::{Bump, Semantic};
pub use version::{Fingerprints, Note, Version, design, fingerprint, name_of};
pub use zip::zip;

use crate::bundle::{Bundle, MAX_BUNDLE_BYTES};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Version of the form of a kept version. A greater one in a file is refused.
pub const VERSION_FORMAT: u32 = 1;
/// Most versions of a registry: each is a whole model.
pub const MOST_VERSIONS: usize = 1_000;
/// Green runs in a row that certify a model.
pub const CERTIFYING: u32 = 3;

/// A version as it is kept.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    entry: Version,
    /// The bundle's file, without its line end.
    bundle: String,
}

/// All versions, by name and then in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    kept: Vec<Kept>,
}

#[derive(Serialize)]
struct Written<'a> {
    entry: &'a Version,
    bundle: &'a RawValue,
}

#[derive(Deserialize)]
struct Line<'a> {
    watertight_version: u32,
    sha256: String,
    #[serde(borrow)]
    content: &'a RawValue,
}

#[derive(Deserialize)]
struct Content<'a> {
    entry: Version,
    #[serde(borrow)]
    bundle: &'a RawValue,
}

impl Kept {
    /// As one line, with its end.
    fn to_line(&self) -> Result<String> {
        let internal = |_| Error::internal("a version that cannot be written");
        let bundle: &RawValue = serde_json::from_str(&self.bundle).map_err(internal)?;
        let content = serde_json::to_string(&Written { entry: &self.entry, bundle }).map_err(internal)?;
        Ok(format!("{{\"watertight_version\":{VERSION_FORMAT},\"sha256\":\"{}\",\"content\":{content}}}\n", fingerprint(&content)))
    }

    /// From one line, checked through and through.
    fn from_line(line: &str) -> Result<Self> {
        if line.len() > MAX_BUNDLE_BYTES {
            return Err(Error::bad_version("it is larger than 1 GiB"));
        }
        let bad = |e: serde_json::Error| Error::bad_version(&e.to_string());
        let read: Line<'_> = serde_json::from_str(line).map_err(bad)?;
        if read.watertight_version > VERSION_FORMAT {
            return Err(Error::bad_version("it was written by a newer version"));
        }
        if fingerprint(read.content.get()) != read.sha256.to_lowercase() {
            return Err(Error::bad_version("its content does not fit its fingerprint: it is damaged or was changed"));
        }
        let Content { entry, bundle } = serde_json::from_str(read.content.get()).map_err(bad)?;
        entry.note.check()?;
        if fingerprint(bundle.get()) != entry.sha256.bundle {
            return Err(Error::bad_version("its model is not the one that was kept"));
        }
        Bundle::from_json(bundle.get())?;
        Ok(Self { entry, bundle: bundle.get().to_owned() })
    }
}

impl Registry {
    /// All versions, by name and then in their order.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.kept.iter().map(|k| &k.entry)
    }

    /// The names, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.versions().map(|v| v.note.name.as_str()).collect();
        names.dedup();
        names
    }

    /// Versions of a name in their order.
    pub fn of<'a, 'n>(&'a self, name: &'n str) -> impl DoubleEndedIterator<Item = &'a Version> + use<'a, 'n> {
        self.versions().filter(move |v| v.note.name == name)
    }

    /// Green runs in a row that a name's latest versions are; a changed schema makes another model, so counting begins anew.
    #[must_use]
    pub fn green_runs(&self, name: &str) -> u32 {
        let latest = self.of(name).next_back().map(|v| v.version.0);
        u32::try_from(self.of(name).rev().take_while(|v| v.green && Some(v.version.0) == latest).count()).unwrap_or(u32::MAX)
    }

    /// Keeps a bundle as the next version of its name.
    ///
    /// # Errors
    /// A name, tag or note that cannot be, the same bundle kept before under that name, or a full registry.
    pub fn add(&mut self, bundle: &Bundle, note: &Note) -> Result<&Version> {
        note.check()?;
        let text = bundle.to_json()?.trim_end().to_owned();
        let entry = Version::new(bundle, &text, note, self.of(&note.name).next_back())?;
        if let Some(same) = self.of(&note.name).find(|v| v.sha256.bundle == entry.sha256.bundle) {
            return Err(Error::out_of_range("version", &same.id(), "a model that is not kept yet"));
        }
        self.put(Kept { entry, bundle: text })
    }

    /// Puts a version in its place.
    fn put(&mut self, kept: Kept) -> Result<&Version> {
        if self.kept.len() >= MOST_VERSIONS {
            return Err(Error::out_of_range("registry", &format!("{MOST_VERSIONS} versions"), "smaller: remove versions that are not needed"));
        }
        let key = |k: &Kept| (k.entry.note.name.clone(), k.entry.version);
        let at = self.kept.partition_point(|k| key(k) < key(&kept));
        if self.kept.get(at).is_some_and(|k| key(k) == key(&kept)) {
            return Err(Error::out_of_range("version", &kept.entry.id(), "one that is not kept yet"));
        }
        self.kept.insert(at, kept);
        self.kept.get(at).map(|k| &k.entry).ok_or_else(|| Error::internal("a version that was just kept"))
    }

    /// Takes versions from lines; those that are kept already, byte for byte, are passed over. Nothing changes when one of them is refused. Gives the ids of the new ones.
    ///
    /// # Errors
    /// A line that is no version, is damaged, or has the name and version of another one.
    pub fn import(&mut self, text: &str) -> Result<Vec<String>> {
        let read: Vec<Kept> = text.lines().filter(|l| !l.trim().is_empty()).map(Kept::from_line).collect::<Result<_>>()?;
        if read.is_empty() {
            return Err(Error::bad_version("it is empty"));
        }
        let mut next = self.clone();
        let mut ids = Vec::new();
        for kept in read {
            if !next.kept.contains(&kept) {
                ids.push(kept.entry.id());
                next.put(kept)?;
            }
        }
        *self = next;
        Ok(ids)
    }

    fn position(&self, id: &str) -> Result<usize> {
        let known: Vec<String> = self.versions().map(Version::id).collect();
        let at = known.iter().position(|k| k == id);
        at.ok_or_else(|| Error::unknown("version", id, &known.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    /// The entry of an id ("claims 1.2.0"); of a name alone its latest version.
    ///
    /// # Errors
    /// There is no such version.
    pub fn version(&self, id: &str) -> Result<&Version> {
        if let Some(latest) = self.of(id).next_back() {
            return Ok(latest);
        }
        let at = self.position(id)?;
        self.kept.get(at).map(|k| &k.entry).ok_or_else(|| Error::internal("a version that was just found"))
    }

    /// The bundle of an id, checked.
    ///
    /// # Errors
    /// There is no such version, or it is damaged.
    pub fn bundle(&self, id: &str) -> Result<Bundle> {
        let id = self.version(id)?.id();
        let kept = self.position(&id).map(|at| self.kept.get(at))?;
        kept.map_or_else(|| Err(Error::internal("a version that was just found")), |k| Bundle::from_json(&k.bundle))
    }

    /// One version as a line.
    ///
    /// # Errors
    /// There is no such version.
    pub fn line(&self, id: &str) -> Result<String> {
        let at = self.position(id)?;
        self.kept.get(at).map_or_else(|| Err(Error::internal("a version that was just found")), Kept::to_line)
    }

    /// All versions as lines.
    ///
    /// # Errors
    /// Only if a type cannot be written, which is our mistake.
    pub fn lines(&self) -> Result<String> {
        self.kept.iter().map(Kept::to_line).collect()
    }

    /// Removes a version; those that followed it keep their numbers and name it as their parent.
    ///
    /// # Errors
    /// There is no such version.
    pub fn remove(&mut self, id: &str) -> Result<()> {
        let at = self.position(id)?;
        self.kept.remove(at);
        Ok(())
    }

    /// Ids of versions that nothing holds: neither the latest of their name, nor green, nor tagged. What a clean-up removes.
    #[must_use]
    pub fn superfluous(&self) -> Vec<String> {
        let latest = |v: &Version| self.of(&v.note.name).next_back().is_some_and(|l| l.version == v.version);
        self.versions().filter(|v| !v.green && v.note.tags.is_empty() && !latest(v)).map(Version::id).collect()
    }

    /// Bytes that all versions take.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.kept.iter().map(|k| k.bundle.len() as u64).sum()
    }

    /// Changes tags and notes of a version.
    ///
    /// # Errors
    /// There is no such version, or tags or notes that cannot be.
    pub fn annotate(&mut self, id: &str, tags: Vec<String>, notes: String) -> Result<()> {
        let at = self.position(id)?;
        let Some(kept) = self.kept.get_mut(at) else { return Err(Error::internal("a version that was just found")) };
        let note = Note { tags, notes, ..kept.entry.note.clone() };
        note.check()?;
        kept.entry.note = note;
        Ok(())
    }
}
