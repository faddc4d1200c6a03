//! What shared files keep to themselves: a report, model card or bundle holds aggregates, never a cell from which a row could be known.
//!
//! The rule, in one place:
//! - A text of the file that stands in fewer than [`LEAST_ROWS`] rows is not named: findings say "[in under 5 rows]" instead, a remedy or
//!   mapping leaves it out. Spellings of missing ("?", "n/a", 999) are words of our own list and stay.
//! - In tables by label (classes, confusion) a count of 1 to 4 is "< 5"; where it would be the only one withheld, so that a total
//!   gives it away, the next smallest is withheld too, as "–".
//! - Bins and groups of fewer rows are not drawn, or drawn at one height; curves need as many rows on both sides.
//! - Smallest and largest values are not given; spreads are quantiles. The target by the values of a column (`audit::by_value`) is told for groups
//!   of as many rows only, cut at deciles.
//! - A column over time is drawn in means of as many rows; of its parts only what smoothing gives, and changes of level by their number, without stamps.
//! - An explanation takes no single row apart: examples are means of as many rows, and lines of single rows are told by quantiles and fifths.
//! - Preparation keeps a level only if it stands in as many training rows (`prepare::steps::encode`, `min_rows`), so that neither a
//!   feature's name nor a bundle holds a rarer one; a bundle's schema lists no levels.
//!
//! Meant to be seen: the three worked rows of a proven formula (they are the proof), the classes of the target (they are the answers of
//! the model), counts of rows without a label (missing cells, duplicates), the first and last date of a
//! period of validation, and the rows inside of a nearest-neighbours model, of which
//! its card says so. The user's own screen shows findings in full. Scores of very few rows can be turned back into counts; what
//! is withheld protects single rows of tables of a usual size, it is no proof of anonymity.
//! Source: the smallest-cell rule and complementary suppression of statistical disclosure control (Hundepool et al. 2012, chapter 4).

use super::format::count;
use crate::explain::Explained;
use crate::finding::{Checked, Evidence, Finding, OverTime, Remedy, Spelling};
use crate::table::Table;

/// Fewest rows of a cell that is shown.
pub const LEAST_ROWS: u64 = crate::prepare::steps::encode::LEAST_ROWS;
/// Stands for texts that are not named.
const UNNAMED: &str = "[in under 5 rows]";
/// Rule whose spellings are words of our own list.
const OWN_WORDS: &str = "null_spellings";

/// Findings of checks or rules as a shared file may hold them. `table`: what they were found in.
#[must_use]
pub fn checked(all: &[Checked], table: &Table) -> Vec<Checked> {
    all.iter().map(|c| Checked { findings: c.findings.iter().map(|f| finding(f, table)).collect(), ..c.clone() }).collect()
}

/// An explanation without single rows; none where it rests on too few.
#[must_use]
pub fn explained(explained: &Explained) -> Option<Explained> {
    let mut shared = (explained.n_rows.0 >= LEAST_ROWS).then(|| explained.clone())?;
    shared.examples.iter_mut().for_each(|e| e.one = None);
    shared.worst.clear();
    Some(shared)
}

/// The same, with classes of too few rows joined to others: for files that give counts as numbers.
#[must_use]
pub fn counted(all: &[Checked], table: &Table) -> Vec<Checked> {
    let mut all = checked(all, table);
    for finding in all.iter_mut().flat_map(|c| &mut c.findings) {
        if let Evidence::Classes { counts } = &mut finding.evidence {
            *counts = joined(counts);
        }
    }
    all
}

/// A count of rows of one label: "< 5" for 1 to 4.
#[must_use]
pub fn few(n: u64) -> String {
    if is_few(n) { format!("< {LEAST_ROWS}") } else { count(n) }
}

/// Counts by label as shown: `None` for the one withheld so that the total does not give another away. Shape as `counts`.
#[must_use]
pub fn cells(counts: &[u64]) -> Vec<Option<String>> {
    let hidden = withheld(counts);
    counts.iter().zip(hidden).map(|(&n, hidden)| (is_few(n) || !hidden).then(|| few(n))).collect()
}

/// Which counts of one total are withheld: those of 1 to 4 rows, and the next smallest if that is only one. Shape as `counts`.
#[must_use]
pub fn withheld(counts: &[u64]) -> Vec<bool> {
    let mut hidden: Vec<bool> = counts.iter().map(|&n| is_few(n)).collect();
    if hidden.iter().filter(|h| **h).count() == 1
        && let Some((next, _)) = counts.iter().enumerate().filter(|(_, n)| **n >= LEAST_ROWS).min_by_key(|(at, n)| (**n, *at))
        && let Some(cell) = hidden.get_mut(next)
    {
        *cell = true;
    }
    hidden
}

fn is_few(n: u64) -> bool {
    (1..LEAST_ROWS).contains(&n)
}

fn finding(finding: &Finding, table: &Table) -> Finding {
    let mut shared = finding.clone();
    match &mut shared.evidence {
        Evidence::Spellings { spellings, .. } if finding.check != OWN_WORDS => {
            let rare: Vec<String> = spellings.iter().filter(|s| s.count < LEAST_ROWS).map(|s| s.text.clone()).collect();
            let together = spellings.iter().filter(|s| s.count < LEAST_ROWS).map(|s| s.count).sum();
            spellings.retain(|s| s.count >= LEAST_ROWS);
            if !rare.is_empty() {
                spellings.push(Spelling { text: UNNAMED.to_owned(), count: together });
            }
            shared.remedies = shared.remedies.into_iter().filter_map(|r| without(r, &rare)).collect();
        }
        Evidence::Mapping { pairs, .. } => {
            let column = finding.columns.first().and_then(|name| table.column(name).ok());
            let rows = |level: &str| column.map_or(0, |c| (0..c.len()).filter(|&r| !c.is_missing(r) && c.text(r) == level).count());
            pairs.retain(|(level, _)| rows(level) as u64 >= LEAST_ROWS);
        }
        // A moment may be one row, and its stamp a text that stands once.
        Evidence::OverTime { series } => series.iter_mut().for_each(without_rows),
        _ => {}
    }
    shared
}

/// A column over time as means of five rows or more, and what smoothing gives.
fn without_rows(series: &mut OverTime) {
    series.lines.retain(|l| l.0 != "observed" && l.0 != "remainder");
    series.lines.iter_mut().filter(|l| l.0 == "grouped").for_each(|l| l.0 = "observed".to_owned());
    series.changes.iter_mut().for_each(|c| c.1.clear());
}

/// A remedy that names none of these texts; `None` when nothing is left of it.
fn without(remedy: Remedy, rare: &[String]) -> Option<Remedy> {
    match remedy {
        Remedy::AddNullSpellings { mut spellings } => {
            spellings.retain(|s| !rare.contains(s));
            (!spellings.is_empty()).then_some(Remedy::AddNullSpellings { spellings })
        }
        other => Some(other),
    }
}

/// Withheld classes as one entry that names them all.
fn joined(counts: &[Spelling]) -> Vec<Spelling> {
    let hidden = withheld(&counts.iter().map(|c| c.count).collect::<Vec<_>>());
    let of = |wanted: bool| counts.iter().zip(&hidden).filter(move |(_, h)| **h == wanted).map(|(c, _)| c);
    let names: Vec<&str> = of(true).map(|c| c.text.as_str()).collect();
    let first = (!names.is_empty()).then(|| Spelling { text: names.join(" + "), count: of(true).map(|c| c.count).sum() });
    first.into_iter().chain(of(false).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Certainty, Severity, Share};

    fn spelling(text: &str, count: u64) -> Spelling {
        Spelling { text: text.to_owned(), count }
    }

    #[test]
    fn a_single_small_count_takes_a_second_cell_with_it() {
        assert_eq!(cells(&[3, 60, 40]), [Some("< 5".to_owned()), Some("60".to_owned()), None]);
        assert_eq!(cells(&[3, 2, 40]), [Some("< 5".to_owned()), Some("< 5".to_owned()), Some("40".to_owned())]);
        assert_eq!(cells(&[0, 60]), [Some("0".to_owned()), Some("60".to_owned())]);
    }

    #[test]
    fn classes_of_few_rows_are_joined_and_their_sum_is_true() {
        assert_eq!(joined(&[spelling("a", 3), spelling("b", 40), spelling("c", 60)]), [spelling("a + b", 43), spelling("c", 60)]);
        assert_eq!(joined(&[spelling("a", 30)]), [spelling("a", 30)]);
    }

    #[test]
    fn a_rare_spelling_is_not_named_and_a_frequent_one_is() {
        let evidence = Evidence::Spellings { spellings: vec![spelling("Bern", 40), spelling("bern-7", 2)], share: Share { count: 2, of: 42 } };
        let remedy = |texts: &[&str]| Remedy::AddNullSpellings { spellings: texts.iter().map(|t| (*t).to_owned()).collect() };
        let found = Finding::new("mixed_types", Severity::Warning, Certainty::Strong, &["city"], evidence)
            .remedies(vec![remedy(&["bern-7"]), remedy(&["Bern", "bern-7"])]);
        let table = Table::new(Vec::new()).unwrap();
        let shared = &checked(&[Checked::ran("mixed_types", 42, vec![found])], &table)[0].findings[0];
        assert_eq!(shared.remedies, [remedy(&["Bern"])]);
        let text = format!("{shared:?}");
        assert!(text.contains("Bern") && text.contains(UNNAMED) && !text.contains("bern-7"), "{text}");
    }
}
