//! What is found, family by family.

use super::series::{FEATURES, Feature, NAN, ar, counts, ewm, max, mean, rolling, round, seasonal, shift, walk};
use super::tables::{DAY, PLAN, Plan, found, recall, table_of, task};
use watertight::lineage::confirm::{Derivation, Hold};
use watertight::lineage::formula::{Formula, Latest};
use watertight::lineage::frame::Frame;
use watertight::lineage::time::{CalendarPart, Closed, Decay, Extent, TimeFormula, search};
use watertight::math::elementary::{exp, sin};
use watertight::math::rng::Stream;
use watertight::table::time::TimeFormat;
use watertight::table::{Column, Kind, Table, Values};
use watertight::task::Task;

/// Formulas that give a column on all rows, cheapest first.
fn formulas(all: &[Derivation], y: usize) -> Vec<TimeFormula> {
    let mut own: Vec<&Derivation> = all.iter().filter(|d| d.y == y && d.hold != Hold::Partial).collect();
    own.sort_by(|a, b| a.formula.cost().total_cmp(&b.formula.cost()));
    own.into_iter().filter_map(|d| if let Formula::Time(f) = &d.formula { Some(f.clone()) } else { None }).collect()
}

/// The search over a table of number columns, dated one a day or by the stamps given.
fn searched(columns: &[(&str, Vec<f64>, u8)], millis: Option<Vec<i64>>) -> Vec<Derivation> {
    let mut made: Vec<Column> = columns.iter().map(|(n, v, d)| Column::numeric(n, v.clone(), *d)).collect();
    let dated = millis.is_some();
    if let Some(millis) = millis {
        made.push(Column::new("date", Kind::Timestamp, Values::Times { millis, format: TimeFormat::new("%Y-%m-%d %H:%M") }, Default::default()));
    }
    let table = Table::new(made).unwrap();
    let task = task(&Plan { dated, ..PLAN });
    let frame = Frame::new(&table, Some(&Task { target: columns[0].0.into(), ..task }));
    let open: Vec<usize> = (0..columns.len()).collect();
    search(&frame, &open)
}

fn all_but(plan: &Plan, series: fn(usize, u64) -> Vec<f64>, excused: &[&str]) {
    let (_, missed) = recall(plan, series, FEATURES);
    assert_eq!(missed.into_iter().filter(|m| !excused.contains(m)).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// The largest value so far hardly ever changes: nothing to prove it by.
const STILL: &str = "expanding max before";

#[test]
fn every_family_is_found_on_a_random_walk() {
    all_but(&Plan { rows: 120, ..PLAN }, walk, &[]);
}

#[test]
fn every_family_is_found_on_eighty_months_of_a_season() {
    all_but(&Plan { rows: 80, ..PLAN }, seasonal, &[]);
}

#[test]
fn every_family_is_found_on_counts_printed_with_two_decimals() {
    all_but(&Plan { rows: 150, decimals: 2, ..PLAN }, counts, &[STILL, "over mean 4", "ratio 2", "log ratio", "pct 1"]);
}

#[test]
fn every_family_is_found_in_a_shuffled_file_of_several_shops() {
    all_but(&Plan { rows: 600, entities: 6, shuffled: true, ..PLAN }, ar, &[STILL, "free cumulative"]);
}

#[test]
fn rounded_sources_do_not_hide_windows() {
    let plan = Plan { rows: 200, source_decimals: 2, ..PLAN };
    let (hit, _) = recall(&plan, ar, FEATURES);
    assert!(hit.len() >= 34, "{hit:?}");
}

#[test]
fn deleted_days_are_bridged_by_the_dates() {
    let features: Vec<Feature> = FEATURES.iter().filter(|f| matches!(f.1, "shift" | "change" | "window" | "relative")).copied().collect();
    let plan = Plan { rows: 300, deleted: 0.05, ..PLAN };
    let planted = table_of(&plan, walk, &features);
    let all = found(&plan, &planted);
    let on_grid = |d: &Derivation| matches!(&d.formula, Formula::Time(TimeFormula::OnGrid { .. }));
    let missed: Vec<_> = planted.planted.iter().filter(|p| !all.iter().any(|d| d.y == *p.0 && d.hold != Hold::Partial)).map(|p| p.1.0).collect();
    assert!(all.iter().any(on_grid));
    // a window that was cut at the first rows and now has holes cannot be told from one that needs few values
    assert!(missed.len() <= 2, "{missed:?}");
}

#[test]
fn deleted_months_are_steps_although_months_differ_in_length() {
    let revenue = round(&seasonal(90, 2), 2);
    let lag = shift(&revenue, 3);
    let months: Vec<i64> = (0..90).map(|m| watertight::table::time::midnight(2015 + m / 12, (m % 12) as u32 + 1, 1).unwrap()).collect();
    let kept: Vec<usize> = (0..90).filter(|m| m % 13 != 5).collect();
    let pick = |v: &[f64]| kept.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    let all = searched(&[("revenue", pick(&revenue), 2), ("lag", pick(&lag), 2)], Some(kept.iter().map(|&i| months[i]).collect()));
    let shift = TimeFormula::OnGrid { formula: Box::new(TimeFormula::Shift { source: 0, by: 3 }) };
    assert!(formulas(&all, 1).contains(&shift), "{all:?}");
}

#[test]
fn the_mean_of_three_months_ends_at_its_own_row() {
    let revenue = round(&seasonal(80, 4), 2);
    let feature = round(&rolling(&revenue, 3, 3, mean), 2);
    let all = searched(&[("revenue", revenue, 2), ("revenue_3m", feature, 2)], None);
    let best = all.iter().filter(|d| d.y == 1).min_by(|a, b| a.formula.cost().total_cmp(&b.formula.cost())).unwrap();
    let reads = best.formula.reads();
    assert_eq!((reads[0].column, reads[0].first, reads[0].latest), (0, Some(-2), Latest::Row(0)));
    assert_eq!((best.hold, best.orphans), (Hold::Exact, 0));
}

#[test]
fn the_warm_up_tells_how_many_values_a_window_needs() {
    let x = round(&walk(150, 9), 2);
    let (strict, open, half) = (rolling(&x, 6, 6, mean), rolling(&x, 6, 1, mean), rolling(&x, 6, 3, mean));
    let all = searched(&[("x", x, 2), ("strict", round(&strict, 4), 4), ("open", round(&open, 4), 4), ("half", round(&half, 4), 4)], None);
    let needs = |y: usize| formulas(&all, y).into_iter().find_map(|f| if let TimeFormula::Window(w) = f { Some(w.at_least) } else { None });
    assert_eq!((needs(1), needs(2), needs(3)), (Some(6), Some(1), Some(3)));
}

#[test]
fn both_directions_of_a_shift_are_found() {
    let x = round(&ar(100, 3), 2);
    let lead = shift(&x, -1);
    let all = searched(&[("x", x, 2), ("target", lead, 2)], None);
    assert!(formulas(&all, 1).contains(&TimeFormula::Shift { source: 0, by: -1 }));
    assert!(formulas(&all, 0).contains(&TimeFormula::Shift { source: 1, by: 1 }));
}

#[test]
fn the_decay_of_a_weighted_mean_is_recovered() {
    let x = round(&walk(200, 6), 2);
    let span = ewm(&x, 2.0 / 13.0, true);
    let half_life = ewm(&x, 1.0 - exp(-std::f64::consts::LN_2 / 4.0), false);
    let all = searched(&[("x", x, 2), ("span", round(&span, 4), 4), ("half life", round(&half_life, 4), 4)], None);
    let decay = |y: usize| formulas(&all, y).into_iter().find_map(|f| if let TimeFormula::Ewm(e) = f { Some((e.decay, e.adjusted)) } else { None });
    assert_eq!(decay(1), Some((Decay::Span(12.0), true)));
    assert_eq!(decay(2), Some((Decay::HalfLife(4.0), false)));
}

#[test]
fn a_mean_whose_history_was_cut_off_has_a_start() {
    let x = round(&walk(300, 8), 2);
    let smooth = round(&ewm(&x, 0.1, false), 4);
    let all = searched(&[("x", x[60..].to_vec(), 2), ("smooth", smooth[60..].to_vec(), 4)], None);
    assert!(formulas(&all, 1).iter().any(|f| matches!(f, TimeFormula::Ewm(e) if e.starts.len() == 1)), "{all:?}");
}

#[test]
fn a_stretch_of_time_is_no_number_of_rows_where_stamps_are_uneven() {
    let mut stream = Stream::new(5, "stamps", 0);
    let mut now = 1_600_000_000_000_i64 / DAY * DAY;
    let millis: Vec<i64> = (0..250)
        .map(|_| {
            now += DAY / 24 * (1 + i64::from(stream.below(60)));
            now
        })
        .collect();
    let x = round(&ar(250, 7), 2);
    let week: Vec<f64> = (0..250).map(|t| mean(&(0..=t).filter(|&s| millis[s] > millis[t] - 7 * DAY).map(|s| x[s]).collect::<Vec<_>>())).collect();
    let all = searched(&[("x", x, 2), ("week", round(&week, 4), 4)], Some(millis));
    let expected = Extent::Span { millis: 7 * DAY, closed: Closed::Right };
    assert!(formulas(&all, 1).iter().any(|f| matches!(f, TimeFormula::Window(w) if w.extent == expected)), "{all:?}");
}

#[test]
fn rows_that_share_a_stamp_keep_the_order_of_the_file() {
    let x = round(&walk(200, 12), 2);
    let feature = round(&rolling(&x, 4, 4, mean), 3);
    let millis: Vec<i64> = (0..200).map(|t| t / 5 * DAY).collect();
    let all = searched(&[("x", x, 2), ("feature", feature, 3)], Some(millis));
    assert!(!formulas(&all, 1).is_empty());
}

#[test]
fn columns_of_the_calendar_are_labelled_and_are_no_sources() {
    let millis: Vec<i64> = (0..400).map(|t| 1_600_041_600_000 / DAY * DAY + t * DAY).collect();
    let parts: Vec<_> = millis.iter().map(|&m| watertight::table::time::civil(m)).collect();
    let month: Vec<f64> = parts.iter().map(|p| f64::from(p.month)).collect();
    let weekday: Vec<f64> = parts.iter().map(|p| f64::from(p.weekday)).collect();
    let wave: Vec<f64> = parts.iter().map(|p| sin(f64::from(p.weekday) * std::f64::consts::TAU / 7.0)).collect();
    let row: Vec<f64> = (0..400).map(|t| f64::from(t) + 1.0).collect();
    let x = round(&walk(400, 2), 2);
    let columns = [("x", x, 2), ("month", month, 0), ("weekday", weekday, 0), ("wave", round(&wave, 6), 6), ("row", row, 0)];
    let all = searched(&columns, Some(millis));
    let part = |y: usize| formulas(&all, y).into_iter().find_map(|f| if let TimeFormula::Calendar(c) = f { Some(c.part) } else { None });
    assert_eq!((part(1), part(2), part(3)), (Some(CalendarPart::Month), Some(CalendarPart::Weekday), Some(CalendarPart::Weekday)));
    assert!(matches!(part(4), Some(CalendarPart::RowInFile | CalendarPart::RowInOrder | CalendarPart::Days)));
    assert_eq!(all.len(), 4);
}

#[test]
fn a_formula_reads_the_same_after_it_was_saved() {
    let x = round(&walk(120, 6), 2);
    let feature = round(&rolling(&x, 5, 5, max), 2);
    let all = searched(&[("x", x, 2), ("feature", feature, 2)], None);
    let formula = &all.iter().find(|d| d.y == 1).unwrap().formula;
    let text = serde_json::to_string(formula).unwrap();
    assert!(text.contains("{\"window\":") && text.contains("\"function\":\"max\""), "{text}");
    assert_eq!(&serde_json::from_str::<Formula>(&text).unwrap(), formula);
}

#[test]
fn degenerate_tables_are_searched_without_harm() {
    for rows in [0, 1, 2, 9] {
        for values in [vec![NAN; rows], vec![3.0; rows], (0..rows).map(|r| r as f64).collect()] {
            assert_eq!(
                searched(&[("x", values.clone(), 1), ("y", values, 1)], Some((0..rows as i64).map(|d| d * DAY).collect()))
                    .iter()
                    .filter(|d| d.y > 1)
                    .count(),
                0
            );
        }
    }
}
