//! Nothing is wrong here: buildings' energy use with honest, strong signal. The audit must stay silent, and a good model may go live.
//!
//! `energy_kwh` is a sum of effects of what is known before the day begins plus noise of a fifth of its spread. No cell is missing, no row twice, no
//! column alone explains more than half.

use super::{SEED, Sample, pick};
use crate::math::rng::Stream;
use std::io::Write;

/// The sample.
pub const SAMPLE: Sample = Sample {
    id: "clean",
    title: "Clean",
    doc: "A day's energy use of 2,000 buildings. Nothing is wrong here: the audit should stay silent, and it does.",
    target: "energy_kwh",
    time: None,
    entity: None,
    horizon: 0,
    default_rows: 2000,
    max_rows: 1_000_000,
    shows: "a green verdict",
    make,
};

/// Standard deviation of what no column explains, in kWh.
const NOISE: f64 = 14.0;

fn make(rows: u32) -> Vec<u8> {
    let mut out = b"outdoor_temperature,humidity,wind_speed,sunshine_hours,floor_area,ceiling_height,occupants,year_built,insulation,heating,day_type,energy_kwh\n"
        .to_vec();
    let mut s = Stream::new(SEED, "sample/clean", 0);
    for _ in 0..rows {
        let temperature = -6.0 + 30.0 * s.uniform();
        let humidity = 35.0 + 55.0 * s.uniform();
        let wind = 14.0 * s.uniform();
        let sunshine = 11.0 * s.uniform();
        let area = 80.0 + 320.0 * s.uniform();
        let height = 2.3 + 1.2 * s.uniform();
        let occupants = 1 + s.below(12);
        let built = 1950 + s.below(72);
        let (insulation, leaky) = pick(&mut s, &[(("poor", 38.0), 0.3), (("fair", 16.0), 0.4), (("good", 0.0), 0.3)]);
        let (heating, burn) = pick(&mut s, &[(("gas", 20.0), 0.5), (("heat pump", -14.0), 0.3), (("district", 6.0), 0.2)]);
        let (day, use_of_day) = pick(&mut s, &[(("weekday", 0.0), 5.0), (("weekend", -18.0), 2.0)]);
        let energy =
            190.0 - 3.6 * temperature + 0.05 * humidity + 1.4 * wind - 2.0 * sunshine + 0.36 * area + 11.0 * height + 4.5 * f64::from(occupants)
                - 0.35 * (f64::from(built) - 1950.0)
                + leaky
                + burn
                + use_of_day
                - 0.006 * temperature * area / 2.0
                + NOISE * s.normal();
        let _ = writeln!(
            out,
            "{temperature:.1},{humidity:.0},{wind:.1},{sunshine:.1},{area:.0},{height:.2},{occupants},{built},{insulation},{heating},{day},{energy:.1}"
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, read};

    #[test]
    fn nothing_is_missing_and_no_row_is_there_twice() {
        let bytes = make(2000);
        let table = read(&bytes, &CsvOptions::default()).unwrap().table;
        assert_eq!(table.columns().len(), 12);
        assert!(table.columns().iter().all(|c| c.n_missing() == 0));
        let text = String::from_utf8(bytes).unwrap();
        let lines: std::collections::BTreeSet<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2001);
    }

    #[test]
    fn no_column_alone_explains_more_than_half() {
        let table = read(&make(2000), &CsvOptions::default()).unwrap().table;
        let y = table.column("energy_kwh").unwrap().numbers().unwrap();
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        for column in table.columns().iter().filter(|c| c.name() != "energy_kwh") {
            let Some(x) = column.numbers() else { continue };
            let (mx, my) = (mean(x), mean(y));
            let covariance: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
            let spread = |v: &[f64], m: f64| v.iter().map(|a| (a - m) * (a - m)).sum::<f64>();
            let r2 = covariance * covariance / (spread(x, mx) * spread(y, my));
            assert!(r2 < 0.5, "{} {r2}", column.name());
        }
    }
}
