//! Planted tables as CSV files with a list of what is in them, for other tools to be asked the same (`benches/leaks.py`).

use super::tables::Named;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use watertight::audit::canary::{Dose, Planted};
use watertight::table::Table;
use watertight::table::export::{Safety, to_csv};

/// The folder named by WATERTIGHT_PLANTED, if one is.
fn folder() -> Option<PathBuf> {
    std::env::var_os("WATERTIGHT_PLANTED").map(PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark writes files")]
fn write(folder: &PathBuf, name: &str, table: &Table) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), to_csv(table, Safety::Raw)).unwrap();
}

/// A file name without spaces and commas.
fn file(name: &str) -> String {
    format!("{}.csv", name.replace([' ', ','], "_"))
}

/// Writes the table without a leak.
pub fn clean((name, ground): &Named) {
    if let Some(folder) = folder() {
        write(&folder, &file(name), &ground.table);
    }
}

/// Writes a planted table and its line in `planted.jsonl`; `hit`: our own finding or accusation.
pub fn planted((name, ground): &Named, family: &str, dose: Dose, planted: &Planted, hit: bool) {
    let Some(folder) = folder() else { return };
    let own = file(&format!("{name}-{family}-{dose:?}"));
    write(&folder, &own, &planted.table);
    let line = serde_json::json!({
        "file": own, "clean": file(name), "family": family, "dose": format!("{dose:?}"), "columns": planted.columns, "target": ground.task.target,
        "hit": hit,
    });
    let mut list = fs::OpenOptions::new().create(true).append(true).open(folder.join("planted.jsonl")).unwrap();
    writeln!(list, "{line}").unwrap();
}
