//! A few insurance claims and fewer frauds: everything has a wide interval.
//!
//! The chance of fraud rises with late reporting, a missing police report, a new policy and a large amount; nothing in the file leaks. A few cells
//! are missing, and policies come back with further claims.

use super::{SEED, Sample, pick};
use crate::math::elementary::{exp, logistic};
use crate::math::rng::Stream;
use crate::table::time::{DAY, civil, midnight};
use std::io::Write;

/// The sample.
pub const SAMPLE: Sample = Sample {
    id: "claims",
    title: "Claims",
    doc: "Few insurance claims, fewer frauds: about 12 % positive in 240 rows. Nothing leaks, and every number has a wide interval.",
    target: "is_fraud",
    time: Some("claim_date"),
    entity: Some("policy_id"),
    horizon: 0,
    default_rows: 240,
    max_rows: 100_000,
    shows: "small n, imbalance, repeated entities",
    make,
};

/// Shifts all log-odds so that about 12 % of claims are frauds.
const INTERCEPT: f64 = -3.35;
/// A policy is drawn among this many a row, so that some come back.
const POLICIES_PER_CLAIM: f64 = 1.6;

fn make(rows: u32) -> Vec<u8> {
    let mut out = b"claim_id,policy_id,claim_date,policy_type,region,vehicle_age,driver_age,policy_months,days_to_report,claim_amount,prior_claims,\
police_report,witness,is_fraud\n"
        .to_vec();
    let start = midnight(2022, 1, 3).unwrap_or(0);
    let mut day = 0_i64;
    let mut stream = Stream::new(SEED, "sample/claims", 0);
    for row in 0..rows {
        day += i64::from(stream.below(6));
        claim(&mut stream, row, start + day * DAY, rows, &mut out);
    }
    out
}

/// One line of the file.
fn claim(s: &mut Stream, row: u32, moment: i64, rows: u32, out: &mut Vec<u8>) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred thousand policies at most")]
    let policy = s.below((f64::from(rows.max(60)) * POLICIES_PER_CLAIM) as u32) + 10_000;
    let kind = pick(s, &[("third party", 0.45), ("partial", 0.30), ("comprehensive", 0.25)]);
    let region = pick(s, &[("north", 0.3), ("south", 0.25), ("east", 0.2), ("west", 0.25)]);
    let vehicle_age = s.below(16);
    let driver_age = 19 + s.below(30) + s.below(30);
    let months = 1 + s.below(84);
    let days = s.below(6) + if s.chance(0.25) { s.below(25) } else { 0 };
    let amount = exp(7.6 + 0.55 * s.normal() + if kind == "comprehensive" { 0.35 } else { 0.0 }).clamp(150.0, 28_000.0);
    let prior = s.below(3) * u32::from(s.chance(0.4));
    let police = s.chance(0.68);
    let witness = s.chance(0.4);
    let odds = INTERCEPT
        + 0.10 * f64::from(days)
        + if police { 0.0 } else { 1.1 }
        + if months < 12 { 0.9 } else { 0.0 }
        + 0.00012 * (amount - 2000.0)
        + 0.35 * f64::from(prior)
        - if witness { 0.5 } else { 0.0 };
    let fraud = s.chance(logistic(odds));
    let (no_age, no_report) = (s.chance(0.05), s.chance(0.03));
    let date = civil(moment);
    let word = |yes: bool| if yes { "yes" } else { "no" };
    let _ = writeln!(
        out,
        "CL-{:05},P{policy:06},{:04}-{:02}-{:02},{kind},{region},{},{driver_age},{months},{},{amount:.2},{prior},{},{},{}",
        row + 1,
        date.year,
        date.month,
        date.day,
        if no_age { String::new() } else { vehicle_age.to_string() },
        if no_report { String::new() } else { days.to_string() },
        word(police),
        word(witness),
        word(fraud)
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, Kind, read};

    #[test]
    fn about_one_claim_in_eight_is_a_fraud() {
        let table = read(&make(240), &CsvOptions::default()).unwrap().table;
        let frauds = (0..240).filter(|&row| table.column("is_fraud").unwrap().text(row) == "yes").count();
        assert!((24..=34).contains(&frauds), "{frauds}");
        assert_eq!(table.column("is_fraud").unwrap().kind(), Kind::Boolean);
        assert_eq!(table.column("claim_id").unwrap().kind(), Kind::Identifier);
    }
}
