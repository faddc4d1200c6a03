//! Reading files: what any bytes must do, what known nasty files must give, and what kinds an analyst expects in real ones.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may read files, take the time and fail")]

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use watertight::table::export::{Safety, to_csv};
use watertight::table::wire::{content_hash, from_bytes, to_bytes};
use watertight::table::{CsvOptions, Kind, KindChoice, Limits, Loaded, Loader, Note, Table, change_kind, read};

/// A file of the shared corpora; `None` where they are not there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    path.exists().then_some(path)
}

fn text(table: &Table) -> Vec<Vec<String>> {
    (0..table.n_rows()).map(|row| table.columns().iter().map(|c| c.text(row).into_owned()).collect()).collect()
}

fn default() -> CsvOptions {
    CsvOptions::default()
}

fn load(bytes: &str) -> Loaded {
    read(bytes.as_bytes(), &default()).unwrap()
}

fn kind_of(cells: &[&str], name: &str) -> Kind {
    let file = format!("{name},other\n{}\n", cells.iter().map(|c| format!("{c},x")).collect::<Vec<_>>().join("\n"));
    load(&file).table.columns()[0].kind()
}

/// Reads in pieces of the given sizes, again and again.
fn read_in_pieces(bytes: &[u8], sizes: &[usize]) -> watertight::error::Result<Loaded> {
    let mut loader = Loader::new(default(), Limits::default(), &BTreeMap::new());
    let mut rest = bytes;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, later) = rest.split_at(size.clamp(1, rest.len()));
        loader.push(piece)?;
        rest = later;
    }
    loader.finish()
}

/// Options that read our own export: its dialect is known, its decimal sign is the file's.
fn for_export(loaded: &Loaded) -> CsvOptions {
    CsvOptions {
        delimiter: Some(','),
        quote: Some('"'),
        encoding: Some("utf-8".to_owned()),
        header: Some(true),
        decimal: Some(loaded.facts.dialect.decimal),
        ..default()
    }
}

// ---- any bytes

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic_and_every_column_has_every_row(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(loaded) = read(&bytes, &default()) {
            for column in loaded.table.columns() {
                prop_assert_eq!(column.len(), loaded.table.n_rows());
            }
        }
    }

    #[test]
    fn tables_of_odd_cells_survive_export_wire_and_chunking(
        cells in proptest::collection::vec(
            proptest::collection::vec("|[ -~é\u{202e}\n\r\",;']{0,7}|-?[0-9]{1,9}(\\.[0-9]{1,5})?|0[0-9]{1,3}|[0-9]{15,18}|NA|true|false|[0-9]e-?[0-9]|2020-0[1-9]-1[0-9]", 3),
            0..12,
        ),
        sizes in proptest::collection::vec(1_usize..40, 1..5),
    ) {
        let mut file = b"first,\"second \"\"one\"\"\",third\n".to_vec();
        for row in &cells {
            let quoted: Vec<String> = row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
            file.extend_from_slice(quoted.join(",").as_bytes());
            file.push(b'\n');
        }
        let options = CsvOptions { delimiter: Some(','), quote: Some('"'), header: Some(true), ..default() };
        let loaded = read(&file, &options).unwrap();
        prop_assert_eq!(&text(&loaded.table), &cells);
        let again = read(&to_csv(&loaded.table, Safety::Raw), &for_export(&loaded)).unwrap();
        prop_assert_eq!(&again.table, &loaded.table);
        prop_assert_eq!(&from_bytes(&to_bytes(&loaded.table)).unwrap(), &loaded.table);
        let whole = read(&file, &default()).unwrap();
        prop_assert_eq!(read_in_pieces(&file, &sizes).unwrap(), whole);
    }

    #[test]
    fn exports_are_guarded_and_numbers_untouched(
        rows in proptest::collection::vec(("[=+@\\-\t\r'a-c(]{0,6}", any::<i32>(), -1e6_f64..1e6), 1..20),
    ) {
        let mut file = String::from("=name,count,share\n");
        for (text, count, share) in &rows {
            file += &format!("\"{text}\",{count},{share:.3}\n");
        }
        let options = CsvOptions { delimiter: Some(','), quote: Some('"'), header: Some(true), nulls: Vec::new(), ..default() };
        let loaded = read(file.as_bytes(), &options).unwrap();
        let table = &loaded.table;
        let cells = |safety: Safety| -> Vec<Vec<String>> {
            let bytes = to_csv(table, safety);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
            reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
        };
        let (guarded, raw) = (cells(Safety::Guarded), cells(Safety::Raw));
        prop_assert_eq!(&guarded[0][0], "'=name");
        prop_assert_eq!(guarded.len(), raw.len());
        for (row, (guarded, raw)) in guarded.iter().zip(&raw).enumerate().skip(1) {
            let (text, count, share) = &rows[row - 1];
            prop_assert_eq!(&raw[0], text);
            let numbers = table.columns()[0].kind() == Kind::Numeric;
            let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !numbers;
            prop_assert_eq!(&guarded[0], &if formula { format!("'{text}") } else { text.clone() });
            prop_assert!(numbers || !guarded[0].starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(&guarded[1..], &[count.to_string(), format!("{share:.3}")], "numbers are untouched");
        }
        let again = CsvOptions { nulls: Vec::new(), ..for_export(&loaded) };
        prop_assert_eq!(&read(&to_csv(table, Safety::Raw), &again).unwrap().table, table);
    }

    #[test]
    fn changing_a_kind_and_back_keeps_every_text(cells in proptest::collection::vec("|[a-c]|[0-9]{1,3}|NA| 1", 1..10)) {
        let file = format!("a,b\n{}", cells.iter().map(|c| format!("\"{c}\",x\n")).collect::<String>());
        let table = read(file.as_bytes(), &CsvOptions { delimiter: Some(','), ..default() }).unwrap().table;
        for kind in [Kind::Numeric, Kind::Boolean, Kind::Categorical, Kind::Text, Kind::Identifier] {
            let (changed, lost) = change_kind(&table, "a", kind, None, &default()).unwrap();
            prop_assert_eq!(text(&changed), text(&table));
            prop_assert_eq!(changed.columns()[0].n_missing(), lost + cells.iter().filter(|c| c.is_empty() || *c == "NA").count());
        }
    }
}

#[test]
fn a_file_longer_than_every_window_does_not_depend_on_its_pieces() {
    let mut file = "id;when;amount;note\r\n".to_owned();
    for i in 0..9000 {
        file += &format!("{};{:02}.{:02}.2021;{},{:02};caf\u{e9} {}\r\n", i, i % 28 + 1, i % 12 + 1, i * 7 % 1000, i % 100, i % 17);
    }
    let latin: Vec<u8> = file.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [file.as_bytes(), &latin] {
        let whole = read(bytes, &default()).unwrap();
        assert_eq!(whole.table.n_rows(), 9000);
        assert_eq!(
            whole.table.columns().iter().map(|c| c.kind()).collect::<Vec<_>>(),
            [Kind::Identifier, Kind::Timestamp, Kind::Numeric, Kind::Categorical]
        );
        assert_eq!(whole.table.columns()[2].text(5), "35,05");
        assert_eq!(whole.table.columns()[3].text(2), "café 2");
        for sizes in [&[1][..], &[7, 4096], &[65_536], &[100_000, 3]] {
            assert_eq!(read_in_pieces(bytes, sizes).unwrap(), whole);
        }
    }
}

// ---- limits and damage

#[test]
fn records_of_a_wrong_width_are_listed_and_the_rest_is_read() {
    let loaded = load("a,b\n1,2\n3\n4,5,6\n7,8\n9,10,\n");
    assert_eq!(text(&loaded.table), [["1", "2"], ["7", "8"], ["9", "10"]]);
    let places: Vec<(u64, u64, u64)> = loaded.facts.rejects.iter().map(|r| (r.line, r.byte, r.found)).collect();
    assert_eq!(places, [(3, 8, 1), (4, 10, 3)]);
    assert_eq!(loaded.facts.n_rejected, 2);
    assert!(loaded.facts.notes.contains(&Note::TrailingCells { count: 1 }));
    let many = format!("a,b\n{}", "1\n".repeat(250));
    let facts = load(&(many + "1,2\n".repeat(400).as_str())).facts;
    assert_eq!((facts.rejects.len(), facts.n_rejected), (100, 250));
}

#[test]
fn limits_are_kept_with_a_place() {
    let limits = Limits { columns: 3, rows: 2, cell: 10, header: 20, bytes: 1000 };
    let try_read = |bytes: &str| {
        let mut loader = Loader::new(default(), limits.clone(), &BTreeMap::new());
        loader.push(bytes.as_bytes()).and_then(|()| loader.finish())
    };
    assert!(try_read("a,b,c\n1,2,3\n").is_ok());
    for (bytes, word) in [
        ("a,b,c,d\n1,2,3,4\n", "columns"),
        ("a,b\n1,2\n3,4\n5,6\n", "rows"),
        ("a,b\n1,12345678901\n", "bytes"),
        ("aaaaaaaaaa,bbbbbbbbbb,c\n", "bytes"),
        (&"a,b\n".repeat(300), "bytes"),
    ] {
        let error = try_read(bytes).unwrap_err();
        assert!(error.message.contains(word), "{bytes}: {error}");
    }
}

#[test]
fn a_quote_never_closed_says_where_and_reading_it_literally_works() {
    let file = "a,b\n1,x\n2,\"y\n3,z\n";
    let error = read(file.as_bytes(), &default()).unwrap_err();
    assert_eq!(error.place.unwrap().line, Some(3));
    let options = CsvOptions { quote: Some('\0'), ..default() };
    assert_eq!(text(&read(file.as_bytes(), &options).unwrap().table), [["1", "x"], ["2", "\"y"], ["3", "z"]]);
    let long = format!("a,b\n1,\"{}", "x\n".repeat(1 << 20));
    assert!(read(long.as_bytes(), &default()).unwrap_err().hint.contains("literally"));
}

#[test]
fn an_empty_file_is_refused_and_a_header_alone_is_a_table() {
    for file in ["", "\n\n\r\n", "\u{feff}"] {
        assert!(read(file.as_bytes(), &default()).is_err(), "{file:?}");
    }
    let table = load("a,b\n").table;
    assert_eq!((table.n_rows(), table.names()), (0, vec!["a", "b"]));
}

#[test]
fn giant_cells_and_headers_are_refused_with_a_place() {
    let giant = "x".repeat((1 << 20) + 10);
    for file in [format!("a,b\n1,{giant}\n"), format!("a,b\n1,\"{giant}\"\n"), format!("a,{giant}\n1,2\n")] {
        let error = read(file.as_bytes(), &default()).unwrap_err();
        assert!(error.message.contains("bytes") && error.place.is_some(), "{error}");
    }
    let whole = format!("a,b\n1,{}\n", "x".repeat(1 << 19));
    assert_eq!(load(&whole).table.n_rows(), 1);
}

#[test]
fn an_open_quote_stops_the_reading_after_a_megabyte_not_at_the_end() {
    let mut loader = Loader::new(default(), Limits::default(), &BTreeMap::new());
    let piece = "x\n".repeat(1 << 15);
    let mut read = loader.push(b"a,b\n1,2\n3,\"");
    let mut pieces = 0;
    while read.is_ok() && pieces < 1000 {
        read = loader.push(piece.as_bytes());
        pieces += 1;
    }
    assert!(pieces <= 40, "stopped after {pieces} pieces of 64 kB");
    let error = read.unwrap_err();
    assert_eq!(error.place.unwrap().line, Some(3));
}

#[test]
fn a_million_columns_are_refused() {
    let error = read(&b"a,".repeat(1_000_000), &default()).unwrap_err();
    assert!(error.message.contains("columns") || error.message.contains("header"), "{error}");
}

#[test]
fn gzip_is_read_by_its_first_bytes_and_bombs_are_refused() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let plain = load("a,b\n1,x\n2,y\n");
    let packed = pack(b"a,b\n1,x\n2,y\n");
    let loaded = read(&packed, &default()).unwrap();
    assert_eq!(loaded.table, plain.table);
    assert!(loaded.facts.dialect.gzip);
    assert_eq!(loaded.facts.bytes, packed.len() as u64);
    assert!(read(&packed[..packed.len() - 9], &default()).is_err());
    assert!(read(&pack(&b"0,0\n".repeat(30 << 20)), &default()).unwrap_err().message.contains("unfolds"));
}

// ---- names, encodings, dialects

#[test]
fn names_are_made_unique_and_hostile_ones_are_only_text() {
    let loaded = load("a,,a,__proto__,a_2,<script>\n1,2,3,4,5,6\n");
    assert_eq!(loaded.table.names(), ["a", "column_2", "a_3", "__proto__", "a_2", "<script>"]);
    assert_eq!(loaded.facts.notes.iter().filter(|n| matches!(n, Note::Renamed { .. })).count(), 2);
}

#[test]
fn nul_bytes_marks_in_the_middle_and_bidi_signs_are_text() {
    let loaded = load("a,b\nx\0y,\u{feff}z\n\u{202e}abc,q\n");
    assert_eq!(text(&loaded.table), [["x\0y", "\u{feff}z"], ["\u{202e}abc", "q"]]);
}

#[test]
fn the_facts_name_the_dialect() {
    let facts = load("a;b\r\n1,5;x\r\n2,5;y\r\n").facts;
    let d = &facts.dialect;
    assert_eq!((d.delimiter, d.decimal, d.line_ends.as_str(), d.encoding.as_str(), d.header), (';', ',', "CRLF", "UTF-8", true));
    assert_eq!(facts.sha256.len(), 64);
    assert_eq!(read(b"abc", &default()).unwrap().facts.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(load("a,b\r1,2\n3,4\r\n").facts.dialect.line_ends, "mixed");
}

// ---- kinds

#[test]
fn kinds_are_those_an_analyst_would_choose() {
    assert_eq!(kind_of(&["1", "2.5", "", "NA", "-3e2"], "x"), Kind::Numeric);
    assert_eq!(kind_of(&["0", "1", "1"], "x"), Kind::Numeric);
    assert_eq!(kind_of(&["TRUE", "FALSE", "TRUE"], "x"), Kind::Boolean);
    assert_eq!(kind_of(&["yes", "no", "?"], "x"), Kind::Boolean);
    assert_eq!(kind_of(&["red", "blue", "red"], "x"), Kind::Categorical);
    assert_eq!(kind_of(&["08123", "01067", "10115"], "zip"), Kind::Categorical);
    assert_eq!(kind_of(&["2020-01-01", "2020-01-02"], "x"), Kind::Timestamp);
    assert_eq!(kind_of(&["20200101", "20200102"], "order_date"), Kind::Timestamp);
    assert_eq!(kind_of(&["20200101", "20200102"], "amount"), Kind::Numeric);
    assert_eq!(kind_of(&["7", "3", "9"], "customer_id"), Kind::Identifier);
    assert_eq!(kind_of(&["inf", "1", "2"], "x"), Kind::Categorical);
    assert_eq!(kind_of(&["123e4567-e89b-12d3-a456-426614174000"], "x"), Kind::Identifier);
    let prices: Vec<String> = (0..200).map(|i| format!("{}.{:02}", i * 37 % 1000, i % 100)).collect();
    assert_eq!(kind_of(&prices.iter().map(String::as_str).collect::<Vec<_>>(), "price"), Kind::Numeric);
    let notes: Vec<String> = (0..200).map(|i| format!("visit {} was {} fine", i, i * 7)).collect();
    assert_eq!(kind_of(&notes.iter().map(String::as_str).collect::<Vec<_>>(), "note"), Kind::Text);
}

#[test]
fn a_word_before_many_zeros_and_ones_is_one_lost_cell() {
    let file = format!("flag,x\nword,1\n{}", "1,2\n0,3\n".repeat(100));
    let loaded = read(file.as_bytes(), &CsvOptions { header: Some(true), ..default() }).unwrap();
    assert_eq!(loaded.table.columns()[0].kind(), Kind::Numeric);
    assert_eq!(loaded.facts.lost_as["flag"], [1, 1, 0, 201, 0, 0]);
}

#[test]
fn a_date_column_needs_one_format_for_ninety_nine_cells_in_a_hundred() {
    let dates = |n_odd: usize| -> Vec<String> {
        (0..200).map(|i| if i < n_odd { "soon".to_owned() } else { format!("2020-{:02}-{:02}", i % 12 + 1, i % 28 + 1) }).collect()
    };
    let kind = |n_odd| kind_of(&dates(n_odd).iter().map(String::as_str).collect::<Vec<_>>(), "when");
    assert_eq!((kind(2), kind(3)), (Kind::Timestamp, Kind::Categorical));
}

#[test]
fn day_and_month_that_can_be_exchanged_are_asked() {
    let loaded = load("when,x\n03/04/2021,1\n05/06/2021,2\n");
    assert_eq!(loaded.facts.ambiguous["when"], ["%d/%m/%Y", "%m/%d/%Y"]);
    assert_eq!(loaded.table.columns()[0].schema().format.unwrap().pattern, "%d/%m/%Y");
    let settled = load("when,then\n03/04/2021,12/25/2020\n05/06/2021,12/26/2020\n");
    assert_eq!(settled.table.columns()[0].schema().format.unwrap().pattern, "%m/%d/%Y");
    let choice = KindChoice { date_format: Some("%m/%d/%Y".to_owned()), kind: None };
    let mut loader = Loader::new(default(), Limits::default(), &BTreeMap::from([("when".to_owned(), choice)]));
    loader.push(b"when,x\n03/04/2021,1\n05/06/2021,2\n").unwrap();
    let chosen = loader.finish().unwrap();
    assert_eq!(chosen.table.columns()[0].schema().format.unwrap().pattern, "%m/%d/%Y");
    assert!(chosen.facts.notes.is_empty());
}

#[test]
fn a_person_may_choose_kinds_and_sees_what_is_lost() {
    let choices = BTreeMap::from([
        ("zip".to_owned(), KindChoice { kind: Some(Kind::Numeric), date_format: None }),
        ("grade".to_owned(), KindChoice { kind: Some(Kind::Numeric), date_format: None }),
    ]);
    let mut loader = Loader::new(default(), Limits::default(), &choices);
    loader.push(b"zip,grade\n08123,1\n01067,two\n").unwrap();
    let loaded = loader.finish().unwrap();
    assert_eq!(loaded.table.columns()[0].numbers().unwrap(), [8123.0, 1067.0]);
    assert_eq!(text(&loaded.table), [["08123", "1"], ["01067", "two"]]);
    assert!(loaded.facts.notes.contains(&Note::NotOfKind { column: "grade".into(), kind: Kind::Numeric, count: 1 }));
    assert_eq!(loaded.facts.lost_as["grade"], [1, 0, 0, 2, 0, 0]);
}

#[test]
fn a_second_file_is_read_as_the_first_and_can_be_stacked() {
    let first = load("city,n,when\nrome,1,2020-01-01\noslo,2,2020-01-02\n").table;
    let mut loader = Loader::new(default(), Limits::default(), &BTreeMap::new()).with_schema(&first.schema());
    loader.push(b"when,city,n\n2020-02-01,oslo,x\n2020-02-02,lima,4\n").unwrap();
    let second = loader.finish().unwrap();
    let city = second.table.column("city").unwrap();
    assert_eq!(city.codes().unwrap().1, ["rome", "oslo", "lima"]);
    assert_eq!(second.table.column("n").unwrap().kind(), Kind::Numeric);
    assert!(second.facts.notes.contains(&Note::NewLevels { column: "city".into(), count: 1 }));
    let stacked = first.stack(&second.table).unwrap();
    assert_eq!(text(&stacked), [["rome", "1", "2020-01-01"], ["oslo", "2", "2020-01-02"], ["oslo", "x", "2020-02-01"], ["lima", "4", "2020-02-02"]]);
    assert!(first.stack(&load("a,b\n1,2\n").table).is_err());
    let other = load("city,n,when\n1,7,01.02.2020\n2,8,13.02.2020\n").table;
    let mixed = first.stack(&other).unwrap();
    assert_eq!(mixed.column("city").unwrap().text(3), "2");
    assert_eq!(mixed.column("when").unwrap().n_missing(), 2);
    assert_eq!(mixed.column("when").unwrap().text(3), "13.02.2020");
}

// ---- known files

#[test]
fn the_csv_spectrum_is_read_as_its_authors_say() {
    let Some(folder) = shared("nasty/csv-spectrum") else { return };
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if stem == "location_coordinates" {
            continue; // its expectation is wrong upstream
        }
        let bytes = std::fs::read(&path).unwrap();
        let options = CsvOptions { header: Some(true), ..default() };
        let table = read(&bytes, &options).unwrap().table;
        let expected: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_slice(&std::fs::read(folder.join("json").join(format!("{stem}.json"))).unwrap()).unwrap();
        assert_eq!(table.n_rows(), expected.len(), "{stem}");
        for (row, object) in expected.iter().enumerate() {
            for (name, value) in object {
                assert_eq!(table.column(name).unwrap().text(row), value.as_str().unwrap(), "{stem} {row} {name}");
            }
        }
    }
}

#[test]
fn naughty_strings_come_back_as_they_were() {
    let Some(path) = shared("nasty/blns.json") else { return };
    let strings: Vec<String> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut file = "name,n\n".to_owned();
    for (i, s) in strings.iter().enumerate() {
        file += &format!("\"{}\",{i}\n", s.replace('"', "\"\""));
    }
    let loaded = read(file.as_bytes(), &CsvOptions { delimiter: Some(','), header: Some(true), ..default() }).unwrap();
    let name = loaded.table.column("name").unwrap();
    for (row, s) in strings.iter().enumerate() {
        assert_eq!(name.text(row), s.as_str());
    }
    let again = read(&to_csv(&loaded.table, Safety::Raw), &for_export(&loaded)).unwrap();
    assert_eq!(content_hash(&again.table), content_hash(&loaded.table));
    for cell in csv::Reader::from_reader(to_csv(&loaded.table, Safety::Guarded).as_slice()).records().map(|r| r.unwrap()[0].to_owned()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

#[test]
fn real_files_have_the_kinds_an_analyst_would_choose() {
    type Expected = (&'static str, usize, &'static [(&'static str, Kind)]);
    let expected: [Expected; 3] = [
        (
            "adult.csv",
            48_842,
            &[
                ("age", Kind::Numeric),
                ("workclass", Kind::Categorical),
                ("fnlwgt", Kind::Numeric),
                ("native_country", Kind::Categorical),
                ("income", Kind::Categorical),
            ],
        ),
        (
            "bike_sharing_hour.csv",
            17_379,
            &[("instant", Kind::Identifier), ("dteday", Kind::Timestamp), ("yr", Kind::Numeric), ("cnt", Kind::Numeric)],
        ),
        (
            "online_shoppers_intention.csv",
            12_330,
            &[
                ("Month", Kind::Categorical),
                ("VisitorType", Kind::Categorical),
                ("Weekend", Kind::Boolean),
                ("Revenue", Kind::Boolean),
                ("BounceRates", Kind::Numeric),
            ],
        ),
    ];
    for (name, n_rows, kinds) in expected {
        let Some(path) = shared(name) else { return };
        let bytes = std::fs::read(path).unwrap();
        let loaded = read(&bytes, &default()).unwrap();
        assert_eq!((loaded.table.n_rows(), loaded.facts.n_rejected), (n_rows, 0), "{name}");
        for column in loaded.table.columns() {
            println!("{name} {} {:?} missing {} decimals {:?}", column.name(), column.kind(), column.n_missing(), column.printed_decimals());
        }
        println!("{:?}", loaded.facts.notes);
        for (column, kind) in kinds {
            assert_eq!(loaded.table.column(column).unwrap().kind(), *kind, "{name} {column}");
        }
        let again = read(&to_csv(&loaded.table, Safety::Raw), &for_export(&loaded)).unwrap();
        assert_eq!(again.table, loaded.table);
        let plain = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
        assert_eq!(String::from_utf8(to_csv(&loaded.table, Safety::Raw)).unwrap(), plain, "{name}: the text of every cell");
    }
}
