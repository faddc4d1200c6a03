//! How much memory reading takes: at most a fixed multiple of the input, and a constant, whatever the bytes.
//!
//! Measured as the process's peak of resident memory (Linux; elsewhere this test has nothing to measure and passes). It is alone in its
//! file, so that no other test runs in the same process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test reads its own memory and says it")]

use std::collections::BTreeMap;
use watertight::sample::SAMPLES;
use watertight::table::limits::Limits;
use watertight::table::parse::{CsvOptions, Loader};

/// Bytes of memory allowed for each byte of the file. A cell of one digit and its comma are two bytes of the file and, once a number,
/// eight bytes of a column, which are there twice while a column grows.
const TIMES: u64 = 8;
/// Bytes of memory allowed for any file: dialect sample, dictionaries, buffers.
const AND: u64 = 16 << 20;
/// Bytes given to the reader at once, as the page and the command line do.
const SLICE: usize = 1 << 20;

/// A figure of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// A file in slices.
type Slices = Box<dyn Iterator<Item = Vec<u8>>>;

/// Most memory that reading these slices took, beyond what was taken before, and whether it was read.
fn peak_of(mut slices: Slices) -> (u64, bool) {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    let mut loader = Loader::new(CsvOptions::default(), Limits::default(), &BTreeMap::new());
    let pushed = slices.try_for_each(|slice| loader.push(&slice));
    let read = pushed.and_then(|()| loader.finish());
    (status("VmHWM:").saturating_sub(before), read.is_ok())
}

/// `line(i)` for i from 0 until there are `bytes`, in slices.
fn lines(bytes: usize, line: impl Fn(usize) -> String) -> impl Iterator<Item = Vec<u8>> {
    let (mut given, mut i) = (0, 0);
    std::iter::from_fn(move || {
        let mut slice = Vec::with_capacity(SLICE + 4096);
        while given + slice.len() < bytes && slice.len() < SLICE {
            slice.extend_from_slice(line(i).as_bytes());
            i += 1;
        }
        given += slice.len();
        (!slice.is_empty()).then_some(slice)
    })
}

#[test]
fn reading_any_file_takes_at_most_a_fixed_multiple_of_its_size() {
    const SIZE: usize = 24 << 20;
    let sessions = SAMPLES.iter().find(|s| s.id == "sessions").unwrap();
    let sample = (sessions.make)(300_000);
    let files: Vec<(&str, u64, Slices)> = vec![
        // Those that take little come first: memory that the allocator keeps from an earlier file would hide what a later one takes.
        ("empty lines", SIZE as u64, Box::new(lines(SIZE, |_| "\n".to_owned()))),
        ("rejects", SIZE as u64, Box::new(lines(SIZE, |i| if i % 2 == 0 { "1,2\n".to_owned() } else { "1,2,3,4,5\n".to_owned() }))),
        ("a quote never closed", SIZE as u64, Box::new(lines(SIZE, |i| if i == 0 { "a,\"b".to_owned() } else { "c,d\n".to_owned() }))),
        ("one line", SIZE as u64, Box::new(lines(SIZE, |i| format!("{i},")))),
        ("one cell", SIZE as u64, Box::new(lines(SIZE, |_| "abcdefgh".to_owned()))),
        ("NUL", SIZE as u64, Box::new(lines(SIZE, |_| "\0\0\0\0".to_owned()))),
        ("sessions", sample.len() as u64, Box::new(sample.chunks(SLICE).map(<[u8]>::to_vec).collect::<Vec<_>>().into_iter())),
        ("digits", SIZE as u64, Box::new(lines(SIZE, |i| format!("{},{},{}\n", i % 7, i % 3, i % 10)))),
        ("numbers", SIZE as u64, Box::new(lines(SIZE, |i| format!("{i},{}.25,{}\n", i * 31, i * 7)))),
        ("different texts", SIZE as u64, Box::new(lines(SIZE, |i| format!("text number {i},other {}\n", i * 3)))),
    ];
    let mut over = Vec::new();
    for (name, size, slices) in files {
        let (peak, read) = peak_of(slices);
        println!("{name}: {} MiB of file, {} MiB of memory, read: {read}", size >> 20, peak >> 20);
        if peak > TIMES * size + AND {
            over.push(name);
        }
    }
    assert!(over.is_empty(), "{over:?}");
}
