//! Visits to a shop: 6.8 % order, and revenue is zero or about 60.
//!
//! The chance of an order follows pages viewed (strongly), repeat visits, device, source, landing page and the hour; every effect is a term of
//! `log_odds`. `revenue` is known only after the order: it is above zero exactly when there was one.

use super::{SEED, Sample, pick};
use crate::math::elementary::{logistic, sin};
use crate::math::rng::Stream;
use std::f64::consts::TAU;
use std::io::Write;

/// The sample.
pub const SAMPLE: Sample = Sample {
    id: "sessions",
    title: "Sessions",
    doc: "Visits to a shop: 6.8 % buy, and most revenue is zero. Revenue is known only after the order it would predict.",
    target: "is_ordered",
    time: None,
    entity: None,
    horizon: 0,
    default_rows: 12_330,
    max_rows: 5_000_000,
    shows: "a leak by hindsight, imbalance, many rows",
    make,
};

/// Shifts all log-odds so that 6.8 % of visits order.
const INTERCEPT: f64 = -0.21;
/// Log-odds of an order by pages viewed, 1 to 7.
const BY_PAGES: [f64; 7] = [-9.0, -7.0, -5.0, -3.2, -1.6, 0.1, 1.3];

struct Visit {
    repeat: bool,
    hour: u32,
    weekend: bool,
    mobile: bool,
    source: &'static str,
    landing: &'static str,
    pages: u8,
}

fn make(rows: u32) -> Vec<u8> {
    let mut out = b"is_repeat_session,hour_of_day,is_weekend,pages_viewed,utm_source,device_type,landing_page,is_ordered,revenue\n".to_vec();
    out.reserve(48 * rows as usize);
    let hours = hour_weights();
    let mut stream = Stream::new(SEED, "sample/sessions", 0);
    for _ in 0..rows {
        let v = visit(&mut stream, &hours);
        let ordered = stream.chance(logistic(log_odds(&v) + INTERCEPT));
        let cents = if ordered { revenue_cents(&mut stream, &v) } else { 0 };
        let device = if v.mobile { "mobile" } else { "desktop" };
        let _ = writeln!(
            out,
            "{},{},{},{},{},{},{},{},{}.{:02}",
            u8::from(v.repeat),
            v.hour,
            u8::from(v.weekend),
            v.pages,
            v.source,
            device,
            v.landing,
            u8::from(ordered),
            cents / 100,
            cents % 100
        );
    }
    out
}

/// Visits by hour: a wave with its crest in the afternoon, and quiet nights.
fn hour_weights() -> [(u32, f64); 24] {
    let mut hours = [(0, 0.0); 24];
    for (hour, slot) in (0_u32..).zip(&mut hours) {
        let wave = 1.2 + sin((f64::from(hour) - 9.0) / 24.0 * TAU);
        *slot = (hour, if hour < 6 { 0.4 * wave } else { wave });
    }
    hours
}

fn visit(stream: &mut Stream, hours: &[(u32, f64); 24]) -> Visit {
    let repeat = stream.chance(0.165);
    let hour = pick(stream, hours);
    let weekend = stream.chance(0.21);
    let mobile = stream.chance(0.307);
    let source = if repeat {
        pick(stream, &[("bsearch", 0.14), ("gsearch", 0.36), ("socialbook", 0.02), ("direct", 0.48)])
    } else {
        pick(stream, &[("bsearch", 0.13), ("gsearch", 0.73), ("socialbook", 0.03), ("direct", 0.11)])
    };
    let landing = pick(stream, &[("home", 0.30), ("lander-1", 0.38), ("lander-2", 0.32)]);
    // pages viewed: a walk that goes on with a chance that depends on the visitor
    let goes_on = 0.53 + when(repeat, 0.05) - when(mobile, 0.09) + when(landing == "lander-2", 0.03) - when(source == "socialbook", 0.10);
    let mut pages = 1_u8;
    while pages < 7 && stream.chance(goes_on + 0.045 * f64::from(pages - 1)) {
        pages += 1;
    }
    Visit { repeat, hour, weekend, mobile, source, landing, pages }
}

fn log_odds(v: &Visit) -> f64 {
    BY_PAGES[usize::from(v.pages - 1)] + when(v.repeat, 0.35) - when(v.mobile, 0.45) + when(v.source == "bsearch", 0.15)
        - when(v.source == "socialbook", 0.5)
        + when(v.landing == "lander-2", 0.20)
        + 0.25 * sin((f64::from(v.hour) - 8.0) / 24.0 * TAU)
        - when(v.weekend, 0.08)
        + when(v.repeat && !v.mobile && v.pages >= 5, 0.3)
}

fn revenue_cents(stream: &mut Stream, v: &Visit) -> u32 {
    let base =
        43.0 + when(v.repeat, 6.5) + 1.4 * f64::from(v.pages) - when(v.mobile, 4.0) + when(v.landing == "lander-2", 3.0) + when(v.hour >= 18, 2.0);
    let second = stream.chance(0.18 + when(v.repeat, 0.1));
    let amount = (base + when(second, 26.0) + 5.0 * stream.normal()).max(9.99);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 999 and some ten thousand")]
    let cents = (amount * 100.0).round() as u32;
    cents
}

fn when(condition: bool, amount: f64) -> f64 {
    if condition { amount } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, read};

    #[test]
    fn one_visit_in_fifteen_orders_for_about_sixty() {
        let table = read(&make(60_000), &CsvOptions::default()).unwrap().table;
        let ordered = table.column("is_ordered").unwrap().numbers().unwrap();
        let revenue = table.column("revenue").unwrap().numbers().unwrap();
        let n: f64 = ordered.iter().sum();
        let share = n / 60_000.0;
        assert!((share - 0.068).abs() < 0.003, "{share}");
        let mean = revenue.iter().sum::<f64>() / n;
        assert!((54.0..66.0).contains(&mean), "{mean}");
        assert!(ordered.iter().zip(revenue).all(|(o, r)| (*o == 1.0) == (*r > 0.0)));
    }
}
