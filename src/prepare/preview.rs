//! A few rows after every step, for the screen: what preparation makes of them. Never for a file that is shared.

use super::fitted::FittedRecipe;
use super::input::read;
use super::slots::Slots;
use crate::error::Result;
use crate::split::Rows;
use crate::table::Table;

/// Rows shown.
pub const SHOWN: usize = 5;
/// Rows whose past is looked at: those shown are the last of them, where a step uses the past.
const REACH: usize = 2_000;

/// The rows shown, as columns: as read, then after each step; and the number of the first of them. Shape `(n_steps + 1,)`.
///
/// # Errors
/// As [`FittedRecipe::apply`].
pub fn preview(recipe: &FittedRecipe, table: &Table) -> Result<(Vec<Slots>, usize)> {
    let n = table.n_rows().min(if recipe.uses_past() { REACH } else { SHOWN });
    let all: Vec<u32> = (0..u32::try_from(n).unwrap_or(u32::MAX)).collect();
    let mut slots = read(recipe.inputs(), table, &Rows::new(all.clone()))?;
    if let Some(order) = recipe.order() {
        slots.know_past(order.read(table, &all)?);
    }
    let first = n.saturating_sub(SHOWN);
    let places: Vec<usize> = (first..n).collect();
    let mut stages = vec![slots.clone().take(&places)];
    for step in recipe.steps() {
        slots = step.apply(slots);
        stages.push(slots.clone().take(&places));
    }
    Ok((stages, first))
}
