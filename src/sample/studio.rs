//! A dance studio's months: forecast revenue three months ahead. Some columns stop in time, some do not.
//!
//! Revenue is members times price, classes and the shop; members grow and breathe with the seasons, so an honest forecast has skill. Columns
//! known three months ahead: `price`, `marketing_spend`, `holiday_days`, `season`, and every feature whose newest month is t-3. Leaks:
//! the three parts sum to the target; `revenue_3m` (months t-2 to t) and `revenue_5c` (t-2 to t+2) contain it; `members`
//! and `visits` are counted in the month itself.

use super::{SEED, Sample};
use crate::math::elementary::{cos, exp};
use crate::math::rng::Stream;
use std::f64::consts::TAU;
use std::io::Write;

/// The sample.
pub const SAMPLE: Sample = Sample {
    id: "studio",
    title: "Studio",
    doc: "A dance studio's monthly revenue, to be forecast three months ahead. Some rolling features stop before the prediction is made, some contain the month they predict.",
    target: "total_revenue",
    time: Some("month"),
    entity: None,
    horizon: 3,
    default_rows: 80,
    max_rows: 600,
    shows: "windows that see the future, sums of the target, walk-forward",
    make,
};

/// First year.
const FIRST_YEAR: u32 = 2019;
/// Growth of membership a month.
const GROWTH: f64 = 0.006;
/// Months that pass before a price goes up.
const PRICE_MONTHS: u32 = 14;

/// One month as it happened; money in cents.
struct Month {
    membership: i64,
    classes: i64,
    shop: i64,
    members: i64,
    visits: i64,
    price: i64,
    marketing: i64,
    holidays: u32,
}

impl Month {
    fn total(&self) -> i64 {
        self.membership + self.classes + self.shop
    }
}

fn make(rows: u32) -> Vec<u8> {
    let months = live(rows);
    let total: Vec<i64> = months.iter().map(Month::total).collect();
    let mut out = b"month,total_revenue,membership_revenue,class_revenue,shop_revenue,members,visits,price,marketing_spend,holiday_days,season,\
revenue_lag_3,revenue_lag_12,revenue_prev_3m,members_lag_3,revenue_3m,revenue_5c\n"
        .to_vec();
    for (t, m) in months.iter().enumerate() {
        let season = ["winter", "spring", "summer", "autumn"][(t % 12 + 1) % 12 / 3];
        let lag = |k: usize| t.checked_sub(k);
        let cells = [
            format!("{}-{:02}", FIRST_YEAR as usize + t / 12, t % 12 + 1),
            money(m.total()),
            money(m.membership),
            money(m.classes),
            money(m.shop),
            m.members.to_string(),
            m.visits.to_string(),
            money(m.price),
            money(m.marketing),
            m.holidays.to_string(),
            season.to_owned(),
            lag(3).map_or_else(String::new, |i| money(total[i])),
            lag(12).map_or_else(String::new, |i| money(total[i])),
            mean(&total, lag(5), lag(3)),
            lag(3).map_or_else(String::new, |i| months[i].members.to_string()),
            mean(&total, lag(2), Some(t)),
            mean(&total, lag(2), Some(t + 2)),
        ];
        let _ = writeln!(out, "{}", cells.join(","));
    }
    out
}

/// The months in order. Every month has its own stream, so a longer table begins like a shorter one.
fn live(rows: u32) -> Vec<Month> {
    let mut mood = 0.0; // a slow wave of interest: 0.7 of it carries over to the next month
    (0..rows)
        .map(|t| {
            let mut stream = Stream::new(SEED, "sample/studio", u64::from(t));
            let time = f64::from(t);
            let month = t % 12;
            mood = 0.7 * mood + 0.012 * stream.normal();
            // January's resolutions, a quiet July and August
            let breath = 0.09 * cos(TAU * (f64::from(month) - 0.5) / 12.0) + if month == 6 || month == 7 { -0.08 } else { 0.0 };
            let marketing = 600.0 + 60.0 * f64::from(stream.below(8)) + if month == 8 || month == 11 { 300.0 } else { 0.0 };
            let holidays = [2, 0, 1, 3, 3, 1, 0, 0, 0, 1, 0, 4][month as usize] + u32::from(stream.chance(0.3));
            let price = 49.0 + 3.0 * f64::from(t / PRICE_MONTHS);
            let members = 190.0 * exp(GROWTH * time) * (1.0 + breath + mood + 0.00006 * (marketing - 900.0));
            let visits = members * (4.4 + 3.0 * breath - 0.09 * f64::from(holidays)) * (1.0 + 0.02 * stream.normal());
            let members = whole(members);
            let visits = whole(visits);
            let price = whole(price * 100.0);
            Month {
                membership: members * price,
                classes: whole(100.0 * 6.4 * to_real(visits) * (1.0 + 0.03 * stream.normal())),
                shop: whole(100.0 * 1.9 * to_real(visits) * (1.0 + 0.06 * stream.normal())),
                members,
                visits,
                price,
                marketing: whole(marketing * 100.0),
                holidays,
            }
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "amounts of a small studio")]
fn whole(x: f64) -> i64 {
    x.round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "amounts of a small studio")]
fn to_real(x: i64) -> f64 {
    x as f64
}

fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Mean of the months `first..=last`, to the cent; empty where a month is missing.
fn mean(total: &[i64], first: Option<usize>, last: Option<usize>) -> String {
    let (Some(first), Some(last)) = (first, last) else { return String::new() };
    total.get(first..=last).map_or_else(String::new, |window| {
        let sum: i64 = window.iter().sum();
        money(whole(to_real(sum) / to_real(i64::try_from(window.len()).unwrap_or(1))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, read};

    #[test]
    fn the_parts_sum_to_the_target_and_the_windows_are_what_they_say() {
        let table = read(&make(80), &CsvOptions::default()).unwrap().table;
        let column = |name: &str| table.column(name).unwrap().numbers().unwrap().to_vec();
        let y = column("total_revenue");
        let parts = ["membership_revenue", "class_revenue", "shop_revenue"].map(column);
        let (honest, leaking, centred) = (column("revenue_prev_3m"), column("revenue_3m"), column("revenue_5c"));
        for t in 0..80 {
            assert!((parts[0][t] + parts[1][t] + parts[2][t] - y[t]).abs() < 1e-6);
            if t >= 5 {
                assert!((honest[t] - (y[t - 5] + y[t - 4] + y[t - 3]) / 3.0).abs() <= 0.0051);
                assert!((leaking[t] - (y[t - 2] + y[t - 1] + y[t]) / 3.0).abs() <= 0.0051);
            }
        }
        assert!(honest[4].is_nan() && leaking[1].is_nan() && centred[79].is_nan() && !centred[77].is_nan());
    }

    #[test]
    fn the_seasons_give_an_honest_forecast_skill() {
        // last year's month, grown by the year before's growth, against the mean of all months before
        let table = read(&make(80), &CsvOptions::default()).unwrap().table;
        let y = table.column("total_revenue").unwrap().numbers().unwrap();
        let growth = exp(12.0 * GROWTH) * 1.05;
        let (mut honest, mut baseline) = (0.0, 0.0);
        for t in 24..80 {
            let past = &y[..t - 2];
            honest += (y[t] - y[t - 12] * growth) * (y[t] - y[t - 12] * growth);
            let mean = past.iter().sum::<f64>() / past.len() as f64;
            baseline += (y[t] - mean) * (y[t] - mean);
        }
        assert!(honest < 0.2 * baseline, "{}", honest / baseline);
    }
}
