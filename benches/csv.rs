//! Reading CSV: 472,871 visits of the *sessions* sample, whole and step by step, and describing them.
//!
//! `cargo bench --bench csv -- --once FILE.csv` reads a file and describes its columns once and prints one line of JSON: seconds of computing and rows.
//! `benches/peers.py` runs that beside polars and pandas and prints ratios.

use criterion::{Criterion, Throughput};
use std::time::Instant;
use watertight::sample::Sample;
use watertight::table::profile::profile;
use watertight::table::wire::{from_bytes, to_bytes};
use watertight::table::{CsvOptions, read};

const ROWS: u32 = 472_871;

fn csv(c: &mut Criterion) {
    let Some(sample) = Sample::find("sessions") else { return };
    let bytes = sample.bytes(ROWS);
    let options = CsvOptions::default();
    let Ok(loaded) = read(&bytes, &options) else { return };
    let packed = to_bytes(&loaded.table);
    let mut group = c.benchmark_group("sessions 472871 x 9");
    group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("make", |b| b.iter(|| sample.bytes(ROWS)));
    group.bench_function("read", |b| b.iter(|| read(&bytes, &options)));
    group.bench_function("profile", |b| b.iter(|| profile(&loaded.table)));
    group.bench_function("to wire", |b| b.iter(|| to_bytes(&loaded.table)));
    group.bench_function("from wire", |b| b.iter(|| from_bytes(&packed)));
    group.finish();
    // the peers' file: 12 features of whole numbers, a 0/1 target and an amount
    let wide = peers_file(ROWS);
    let mut group = c.benchmark_group("sessions 472871 x 14");
    group.sample_size(10).throughput(Throughput::Bytes(wide.len() as u64));
    group.bench_function("read", |b| b.iter(|| read(&wide, &options)));
    group.finish();
}

/// Rows of 13 whole numbers and one amount with two decimals, as the peers' measurements use.
fn peers_file(rows: u32) -> Vec<u8> {
    use std::io::Write;
    let mut out = b"is_repeat_session,hour_of_day,is_weekend,engagement_depth,utm_source_bsearch,utm_source_gsearch,utm_source_socialbook,\
utm_source_direct,device_type_mobile,landing_page_home,landing_page_lander1,landing_page_lander2,is_ordered,revenue\n"
        .to_vec();
    for i in 0..rows {
        let bit = |n: u32| i.wrapping_mul(2_654_435_761) >> n & 1;
        let _ = write!(out, "{},{},{},{}", bit(31), i % 24, bit(30), i % 7 + 1);
        (20..29).for_each(|n| {
            let _ = write!(out, ",{}", bit(n));
        });
        let _ = writeln!(out, ",{}.{:02}", if bit(20) == 1 { 43 + i % 40 } else { 0 }, if bit(20) == 1 { i % 100 } else { 0 });
    }
    out
}

/// Seconds this thread has computed, where the system says (Linux); else seconds on the clock. On a busy machine only the former compare.
fn seconds(origin: Instant) -> f64 {
    let computed = std::fs::read_to_string("/proc/thread-self/schedstat").ok().and_then(|s| s.split(' ').next()?.parse::<f64>().ok());
    computed.map_or_else(|| origin.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark reads a file, measures, prints, and stops where it cannot"
)]
fn once(path: &str) {
    let bytes = std::fs::read(path).expect("the file can be read");
    let origin = Instant::now();
    let start = seconds(origin);
    let loaded = read(&bytes, &CsvOptions::default()).expect("the file is a table");
    let read = seconds(origin) - start;
    let start = seconds(origin);
    let n_profiles = profile(&loaded.table).len();
    let profiled = seconds(origin) - start;
    println!(
        "{{\"task\":\"read CSV\",\"seconds\":{read:.4},\"profile_seconds\":{profiled:.4},\"rows\":{},\"columns\":{n_profiles}}}",
        loaded.table.n_rows()
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|a| a != "--bench").collect();
    if let [_, flag, path] = arguments.as_slice()
        && flag == "--once"
    {
        once(path);
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    csv(&mut criterion);
    criterion.final_summary();
}
