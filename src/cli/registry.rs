//! The registry as files of a folder, and comparisons: one file a version, named after it.

use super::args::{CompareOptions, ExportForm, RegistryAction, RegistryOptions};
use super::commands::{read_bytes, read_text, settings, write};
use super::print;
use crate::bundle::{Bundle, hex};
use crate::error::{Error, Result};
use crate::registry::compare::{Asked, OnRows, compare as compare_versions};
use crate::registry::{Note, Registry};
use crate::report::block::plain;
use crate::report::sections::{RegistryReport, registry as registry_section, runs_csv};
use crate::report::{html, markdown};
use crate::session::{comparison_report, run_archive};
use crate::table::parse::read;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// End of the name of a version's file.
const ENDING: &str = ".watertight";

/// `registry`: versions in a folder.
pub(super) fn registry(options: &RegistryOptions) -> Result<bool> {
    match &options.action {
        RegistryAction::List { folder, sort, filter, csv } => list(folder, sort, filter, *csv),
        RegistryAction::Add { folder, bundle, name, tags, notes } => {
            let bundle = Bundle::from_json(&read_text(bundle)?)?;
            let note = Note { name: name.clone(), tags: tags.clone(), notes: notes.clone(), kept: now() };
            let id = add(folder, &bundle, &note)?;
            print::note(&format!("Kept as {id}."));
            Ok(true)
        }
        RegistryAction::Show { folder, version } => {
            let registry = load(folder)?;
            let text = serde_json::to_string_pretty(registry.version(version)?).map_err(|_| Error::internal("a version that cannot be written"))?;
            print::out(&(text + "\n"));
            Ok(true)
        }
        RegistryAction::Export { folder, version, form, out } => export(folder, version.as_deref(), *form, out),
        RegistryAction::Import { folder, file } => import(folder, file),
        RegistryAction::Check { folder } => check(folder),
        RegistryAction::Remove { folder, version } => {
            load(folder)?.remove(version)?;
            forget(folder, version)?;
            Ok(true)
        }
        RegistryAction::Clean { folder } => {
            let superfluous = load(folder)?.superfluous();
            superfluous.iter().try_for_each(|id| forget(folder, id))?;
            print::note(&format!("Removed: {}.", if superfluous.is_empty() { "nothing".to_owned() } else { superfluous.join(", ") }));
            Ok(true)
        }
    }
}

/// Keeps a bundle in a folder; gives its id.
pub(super) fn add(folder: &Path, bundle: &Bundle, note: &Note) -> Result<String> {
    let mut registry = load(folder)?;
    let id = registry.add(bundle, note)?.id();
    keep(folder, &registry, &id)?;
    Ok(id)
}

/// The registry of a folder; an empty one when there is none yet.
pub(super) fn load(folder: &Path) -> Result<Registry> {
    let mut registry = Registry::default();
    for path in files(folder)? {
        registry.import(&read_text(&path)?).map_err(|error| error.named(path.display().to_string()))?;
    }
    Ok(registry)
}

/// The files of versions, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |e: std::io::Error| Error::unreadable(&folder.display().to_string(), &e.to_string());
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let paths: std::io::Result<Vec<PathBuf>> = entries.map(|entry| entry.map(|e| e.path())).collect();
    let mut paths: Vec<PathBuf> = paths.map_err(unreadable)?.into_iter().filter(|p| p.to_string_lossy().ends_with(ENDING)).collect();
    paths.sort();
    Ok(paths)
}

fn place(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{}{ENDING}", id.replace(' ', "-")))
}

fn keep(folder: &Path, registry: &Registry, id: &str) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::unwritable(&folder.display().to_string(), &e.to_string()))?;
    write(&place(folder, id), registry.line(id)?.as_bytes())
}

fn forget(folder: &Path, id: &str) -> Result<()> {
    let path = place(folder, id);
    std::fs::remove_file(&path).map_err(|e| Error::unwritable(&path.display().to_string(), &e.to_string()))
}

fn list(folder: &Path, sort: &str, filter: &str, csv: bool) -> Result<bool> {
    let registry = load(folder)?;
    if csv {
        print::out(&String::from_utf8_lossy(&runs_csv(&registry)));
    } else {
        print::tables(&registry_section(&RegistryReport { registry: &registry, sort, filter }));
    }
    Ok(true)
}

fn export(folder: &Path, version: Option<&str>, form: ExportForm, out: &Path) -> Result<bool> {
    let registry = load(folder)?;
    let bytes = match (version, form) {
        (None, ExportForm::Version) => registry.lines()?.into_bytes(),
        (None, _) => return Err(Error::out_of_range("as", "a bundle or run of all versions", "version, or name one version")),
        (Some(name), form) => {
            let id = registry.version(name)?.id();
            match form {
                ExportForm::Version => registry.line(&id)?.into_bytes(),
                ExportForm::Bundle => registry.bundle(&id)?.to_json()?.into_bytes(),
                ExportForm::Run => run_archive(&registry, &id)?,
            }
        }
    };
    write(out, &bytes)?;
    Ok(true)
}

fn import(folder: &Path, file: &Path) -> Result<bool> {
    let mut registry = load(folder)?;
    let ids = registry.import(&read_text(file)?)?;
    ids.iter().try_for_each(|id| keep(folder, &registry, id))?;
    print::note(&format!("Taken: {}.", if ids.is_empty() { "nothing new".to_owned() } else { ids.join(", ") }));
    Ok(true)
}

/// Every file by itself, so that one that is damaged does not hide the others.
fn check(folder: &Path) -> Result<bool> {
    let mut sound = true;
    for path in files(folder)? {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let told = match read_text(&path).and_then(|text| Registry::default().import(&text)) {
            Ok(ids) => format!("sound    {name}: {}", ids.join(", ")),
            Err(error) => {
                sound = false;
                format!("DAMAGED  {name}: {}", error.message)
            }
        };
        print::out(&(told + "\n"));
    }
    Ok(sound)
}

/// Milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a command line has a clock")]
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|d| i64::try_from(d.as_millis()).ok()).unwrap_or(0)
}

/// `compare`: models on the same rows. `false` when one is worse than the reference.
pub(super) fn compare(options: &CompareOptions) -> Result<bool> {
    let registry = options.registry.as_deref().map(load).transpose()?.unwrap_or_default();
    let bundle = |name: &String| {
        let path = Path::new(name);
        if path.exists() { Bundle::from_json(&read_text(path)?) } else { registry.bundle(name) }
    };
    let bundles = options.models.iter().map(bundle).collect::<Result<Vec<_>>>()?;
    let bytes = read_bytes(&options.on)?;
    let settings = settings(&super::args::TaskOptions::default(), &options.read)?;
    let loaded = read(&bytes, &settings.csv)?;
    let file = options.on.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let sha256 = hex(&Sha256::digest(&bytes));
    let rows = OnRows { file: &file, sha256: &sha256, table: &loaded.table, csv: &settings.csv };
    let asked: Vec<Asked<'_>> = options.models.iter().zip(&bundles).map(|(name, bundle)| Asked { name: called(name), bundle }).collect();
    let found = compare_versions(&asked, &rows, options.margin)?;
    let report = comparison_report(&found);
    for section in &report.sections {
        print::out(&format!("{}\n{}\n", plain(&section.statement), plain(&section.lead)));
        print::tables(section);
    }
    if let Some(out) = &options.out {
        let text = match out.extension().and_then(|e| e.to_str()) {
            Some("html") => html::html(&report),
            Some("md") => markdown::markdown(&report),
            Some("json") => serde_json::to_string_pretty(&found).map_err(|_| Error::internal("a comparison that cannot be written"))? + "\n",
            _ => return Err(Error::out_of_range("out", &out.display().to_string(), "a name that ends with .html, .md or .json")),
        };
        write(out, text.as_bytes())?;
    }
    Ok(found.pairs.iter().all(|p| p.versus != crate::registry::compare::Versus::Worse))
}

/// What a model is called: its id, or the folder and name of its file.
fn called(name: &str) -> String {
    let path = Path::new(name);
    let parts: Vec<String> = path.components().rev().take(2).map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if path.exists() { parts.into_iter().rev().collect::<Vec<_>>().join("/") } else { name.to_owned() }
}

/// The bundle of a run that was just exported, kept in a folder.
pub(super) fn keep_run(folder: &Path, name: &str, bundle: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bundle).map_err(|_| Error::internal("a bundle that is not text"))?;
    add(folder, &Bundle::from_json(text)?, &Note { name: name.to_owned(), tags: Vec::new(), notes: String::new(), kept: now() })
}
