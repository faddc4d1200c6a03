//! Any bytes to a table: no panic, every column has every row, the wire and the export give the same table back, and so does reading in two pieces.
//!
//! Run from the top of the project: `cargo fuzz run --fuzz-dir tests/fuzz table -- -max_total_time=600`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use watertight::table::export::{Safety, to_csv};
use watertight::table::profile::profile;
use watertight::table::wire::{from_bytes, to_bytes};
use watertight::table::{CsvOptions, Limits, Loader, read};

fuzz_target!(|bytes: &[u8]| {
    let _ = from_bytes(bytes);
    let options = CsvOptions::default();
    let Ok(loaded) = read(bytes, &options) else { return };
    let table = &loaded.table;
    for column in table.columns() {
        assert_eq!(column.len(), table.n_rows());
    }
    assert_eq!(&from_bytes(&to_bytes(table)).expect("our own bytes"), table);
    assert_eq!(profile(table).len(), table.columns().len());

    let again = CsvOptions {
        delimiter: Some(','),
        quote: Some('"'),
        encoding: Some("utf-8".to_owned()),
        header: Some(true),
        decimal: Some(loaded.facts.dialect.decimal),
        ..options.clone()
    };
    let back = read(&to_csv(table, Safety::Raw), &again).expect("our own export");
    assert_eq!(&back.table, table);

    let mut pieces = Loader::new(options, Limits::default(), &BTreeMap::new());
    let (first, second) = bytes.split_at(bytes.len() / 3);
    pieces.push(first).and_then(|()| pieces.push(second)).expect("it was read whole");
    assert_eq!(&pieces.finish().expect("it was read whole"), &loaded);
});
