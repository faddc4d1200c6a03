//! The audit of what was generated from the past: a feature of a row may not change when later rows do, nor when the target within the horizon does.
//!
//! By construction it cannot ([`super::past`]); this looks. The last [`ROWS`] training rows in time are prepared with all of them there, and again cut off after a quarter, half
//! and three quarters of their moments: what remains must have the same features, bit for bit. Then the target of the last moments that are not known yet is changed: the
//! features of the last moment must stay. Last, every generated feature is correlated with the target; one that is the target ([`SAME`]) has seen it.

use super::fitted::FittedRecipe;
use super::input::read;
use super::past::{Order, Past};
use super::plain::Part;
use super::slots::{Slots, picked};
use super::steps::USE_PAST;
use crate::error::Result;
use crate::math::rank::pearson;
use crate::split::{Rows, Train};
use crate::table::Table;

/// Most rows looked at.
pub const ROWS: usize = 2_000;
/// Absolute correlation from which a feature is the target.
pub const SAME: f64 = 0.9999;
/// Quarters of the moments after which rows are cut off.
const CUTS: [usize; 3] = [1, 2, 3];
/// Changes the target beyond anything in the file.
const FAR: f64 = 1e6;
/// Most features named.
const NAMED: usize = 5;

/// Places in the numbers of what was found: rows and features compared, cuts, features that changed, greatest correlation with the target. Its words: the feature of that
/// correlation, then those that changed.
pub const FOUND: usize = 5;

/// Looks at the features of the past that a recipe makes; `None` where it makes none, or there are too few moments to cut.
///
/// # Errors
/// As [`FittedRecipe::apply`].
pub(super) fn look(recipe: &FittedRecipe, order: &Order, table: &Table, train: &Train) -> Result<Option<Part>> {
    let past = order.read(table, train.rows().as_slice())?;
    let mut places: Vec<usize> = (0..past.time.len()).filter(|&p| !past.time[p].is_nan()).collect();
    crate::math::sort::along(&mut places, &|p| past.time[p]);
    let rows: Vec<u32> = places.iter().skip(places.len().saturating_sub(ROWS)).filter_map(|&p| train.rows().as_slice().get(p).copied()).collect();
    let past = order.read(table, &rows)?;
    let mut moments = past.time.clone();
    moments.dedup();
    if moments.len() < 2 * (order.horizon.max(1) as usize) + 4 {
        return Ok(None);
    }
    let (whole, made) = prepared(recipe, table, &rows, past.clone())?;
    if made.is_empty() {
        return Ok(None);
    }
    let mut moved: Vec<String> = Vec::new();
    let mut compared = 0;
    for quarter in CUTS {
        let Some(last) = moments.get(moments.len() * quarter / 4) else { continue };
        let n = past.time.partition_point(|t| t <= last);
        let kept: Vec<usize> = (0..n).collect();
        let earlier = past.take(&kept);
        let (cut, _) = prepared(recipe, table, &rows[..n], earlier.clone())?;
        note(&mut moved, differing(&cut, &whole, 0..n));
        compared += n;
        let from = past.time.partition_point(|t| t < last);
        let (changed, _) = prepared(recipe, table, &rows[..n], unknown(earlier, order.horizon.max(1) as usize))?;
        note(&mut moved, differing(&changed, &cut, from..n));
    }
    let target = past.target.as_slice();
    let likeness =
        whole.list().iter().filter(|s| made.contains(&s.about.name)).filter_map(|s| Some((pearson(s.cells.numbers()?, target)?.abs(), s.name())));
    let strongest = likeness.reduce(|a, b| if b.0 > a.0 { b } else { a });
    let numbers = [compared, made.len(), CUTS.len(), moved.len()].into_iter().map(|n| n as f64).chain([strongest.map_or(0.0, |s| s.0)]).collect();
    let words = std::iter::once(strongest.map_or_else(String::new, |s| s.1.to_owned())).chain(moved.into_iter().take(NAMED)).collect();
    Ok(Some(Part { name: String::new(), numbers, words }))
}

/// These rows after the last step, and the names of what steps of the past have added.
fn prepared(recipe: &FittedRecipe, table: &Table, rows: &[u32], past: Past) -> Result<(Slots, Vec<String>)> {
    let mut slots = read(recipe.inputs(), table, &Rows::new(rows.to_vec()))?;
    slots.know_past(past);
    let mut made = Vec::new();
    for step in recipe.steps() {
        let before: Vec<String> = slots.list().iter().map(|s| s.about.name.clone()).collect();
        slots = step.apply(slots);
        if USE_PAST.contains(&step.id()) {
            made.extend(slots.list().iter().map(|s| s.about.name.clone()).filter(|n| !before.contains(n)));
        }
    }
    Ok((slots, made))
}

/// The same past with another target in the last `horizon` moments.
fn unknown(mut past: Past, horizon: usize) -> Past {
    let mut moments = past.time.clone();
    moments.dedup();
    let first = moments.get(moments.len().saturating_sub(horizon)).copied().unwrap_or(f64::INFINITY);
    let from = past.time.partition_point(|t| *t < first);
    past.target.iter_mut().skip(from).for_each(|v| *v = FAR - *v);
    past
}

/// Features that differ in these rows.
fn differing(one: &Slots, other: &Slots, rows: std::ops::Range<usize>) -> Vec<String> {
    let same = |a: &f64, b: &f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    let differs = |(a, b): (&[f64], &[f64])| {
        let places: Vec<usize> = rows.clone().collect();
        picked(a, &places).iter().zip(&picked(b, &places)).any(|(a, b)| !same(a, b))
    };
    let with_other = one.list().iter().filter_map(|s| Some((s, other.list().iter().find(|o| o.name() == s.name())?)));
    with_other
        .filter_map(|(a, b)| Some((a, (a.cells.numbers()?, b.cells.numbers()?))))
        .filter(|(_, both)| differs(*both))
        .map(|(s, _)| s.name().to_owned())
        .collect()
}

fn note(moved: &mut Vec<String>, names: Vec<String>) {
    moved.extend(names.into_iter().filter(|n| !moved.contains(n)).collect::<Vec<_>>());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::slots;

    #[test]
    fn a_feature_that_moves_is_named_and_one_that_stays_is_not() {
        let one = slots(&[vec![1.0, 2.0, f64::NAN, 4.0], vec![1.0, 2.0, 3.0, 4.0]]);
        let other = slots(&[vec![1.0, 2.0, f64::NAN, 9.0], vec![1.0, 2.5, 3.0, 4.0]]);
        assert_eq!(differing(&one, &other, 0..3), ["b"]);
        assert_eq!(differing(&one, &other, 3..4), ["a"]);
        assert_eq!(differing(&one, &other, 0..4), ["a", "b"]);
    }

    #[test]
    fn the_target_of_the_last_moments_alone_is_changed() {
        let past = Past {
            time: vec![1.0, 1.0, 2.0, 3.0, 3.0],
            entity: vec![0; 5],
            target: vec![5.0; 5],
            horizon: 2,
            time_name: None,
            target_name: "y".into(),
        };
        assert_eq!(unknown(past, 2).target.iter().map(|v| *v == 5.0).collect::<Vec<_>>(), [true, true, false, false, false]);
    }
}
