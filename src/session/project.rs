//! A saved project: settings and the files' bytes, in one file. No code, bounded sizes, checked on opening.

use crate::error::{Error, Result};
use crate::protocol::{Change, FileRole};
use crate::registry::{differences, flat};
use crate::report::format;
use crate::settings::Settings;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// First bytes of a project file.
const MAGIC: &[u8] = b"watertight project 2\n";
/// Largest unpacked project, in bytes: protects against files that unpack without end.
const MAX_UNPACKED: u64 = 1 << 31;

/// One file of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ProjectFile {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: FileRole,
    /// Its bytes as they were read.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// What a project holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Project {
    /// All choices.
    pub settings: Settings,
    /// All files.
    pub files: Vec<ProjectFile>,
}

/// As it stands in the file: settings as their own text, so that a later version can read them.
#[derive(Serialize, Deserialize)]
struct Saved<F> {
    settings: String,
    files: F,
}

/// A project as bytes: a magic line, then settings and files under gzip.
pub(super) fn write(project: &Project) -> Result<Vec<u8>> {
    let saved = Saved { settings: project.settings.to_json(), files: &project.files };
    let body = postcard::to_allocvec(&saved).map_err(|_| Error::internal("a project that cannot be packed"))?;
    let mut packer = GzEncoder::new(MAGIC.to_vec(), Compression::fast());
    packer.write_all(&body).and_then(|()| packer.finish()).map_err(|_| Error::internal("a project that cannot be packed"))
}

/// A project from bytes.
pub(super) fn read(bytes: &[u8]) -> Result<Project> {
    let packed = bytes.strip_prefix(MAGIC).ok_or_else(|| Error::bad_project("it does not begin like one, or was written by another version"))?;
    let mut body = Vec::new();
    let limit = MAX_UNPACKED.min((packed.len() as u64).saturating_mul(1000).max(1 << 20));
    let n = GzDecoder::new(packed).take(limit + 1).read_to_end(&mut body).map_err(|_| Error::bad_project("it is damaged"))?;
    if n as u64 > limit {
        return Err(Error::bad_project("it unpacks to more than its size allows"));
    }
    let saved: Saved<Vec<ProjectFile>> = postcard::from_bytes(&body).map_err(|_| Error::bad_project("it is damaged"))?;
    let settings = Settings::from_json(&saved.settings)?;
    settings.check_ranges()?;
    Ok(Project { settings, files: saved.files })
}

/// What opening a project would change: files first, then settings by their path. `open`: name and size of the files that are open.
pub(super) fn changes(settings: &Settings, open: &[(String, u64)], project: &Project) -> Result<Vec<Change>> {
    let named = |files: &[(String, u64)]| files.iter().map(|(name, size)| format!("{name}, {}", format::bytes(*size))).collect::<Vec<_>>().join("; ");
    let files: Vec<(String, u64)> = project.files.iter().map(|f| (f.name.clone(), f.bytes.len() as u64)).collect();
    let mut all = vec![Change { what: "file".to_owned(), now: named(open), then: named(&files) }];
    all.retain(|change| change.now != change.then);
    let settings = differences(&flat(settings), &flat(&project.settings));
    all.extend(settings.into_iter().map(|(what, now, then)| Change { what, now, then }));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Project {
        let file = ProjectFile { name: "a.csv".into(), role: FileRole::Train, bytes: b"a,b\n1,2\n".to_vec() };
        Project { settings: Settings::default(), files: vec![file] }
    }

    #[test]
    fn a_saved_project_opens_as_it_was() {
        assert_eq!(read(&write(&example()).unwrap()).unwrap(), example());
    }

    #[test]
    fn a_project_tells_what_it_would_change_and_nothing_else() {
        let mut project = example();
        let open = [("a.csv".to_owned(), 8)];
        assert!(changes(&Settings::default(), &open, &project).unwrap().is_empty());
        project.settings.split.folds = 3;
        project.settings.task.target = Some("b".into());
        project.files[0].name = "b.csv".into();
        let told = changes(&Settings::default(), &open, &project).unwrap();
        assert_eq!(told.iter().map(|c| c.what.as_str()).collect::<Vec<_>>(), ["file", "split.folds", "task.target"]);
        assert_eq!((told[2].now.as_str(), told[2].then.as_str()), ("", "b"));
    }

    #[test]
    fn settings_that_cannot_be_are_refused_with_the_project() {
        type Edit = fn(&mut Settings);
        let edits: [(Edit, &str); 3] = [(|s| s.split.folds = 0, "folds"), (|s| s.split.holdout = 2.0, "holdout"), (|s| s.format = 99, "at most")];
        for (edit, word) in edits {
            let mut project = example();
            edit(&mut project.settings);
            let error = read(&write(&project).unwrap()).unwrap_err();
            assert!(error.message.contains(word), "{error}");
        }
    }

    #[test]
    fn a_damaged_project_is_refused_and_never_panics() {
        let whole = write(&example()).unwrap();
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x55;
            let _ = read(&broken).map(|p| p.files.len());
            let _ = read(&whole[..at]).map(|p| p.files.len());
        }
        assert!(read(b"a,b\n1,2\n").unwrap_err().to_string().contains("does not begin like one"));
    }
}
