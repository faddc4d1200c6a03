//! Columns made of others: windows that contain the month they predict, leads, whole-file averages - and certificates for those that do not.
//!
//! Every column is searched for an exact formula in the others ([`crate::lineage`]). What the formula has seen, through all columns it is made
//! of, is compared with the moment of prediction: proof, not suspicion. Copies and sums that give the target itself are told by the
//! checks before this one. A formula that is neither a leak nor a certificate is a note.

use crate::audit::remedies::{for_availability, for_derived, for_encoding};
use crate::audit::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Derived, DerivedRow, Evidence, Finding, Remedy, SeenRows, Severity, UsedCell};
use crate::lineage::choose::Chosen;
use crate::lineage::confirm::Hold;
use crate::lineage::formula::{Formula, Latest, Read};
use crate::lineage::frame::Frame;
use crate::lineage::group::UnexplainedEncoding;
use crate::lineage::judge::{Judgement, Moment, first_seen, judge, seen};
use crate::lineage::notation::notation;
use crate::lineage::row::RowFormula;
use crate::lineage::unit::unit;
use crate::lineage::{Lineage, search};

/// The entry in the list of checks.
pub const LINEAGE: Check = Check {
    id: "lineage",
    title: "Columns made of others",
    doc: "Searches an exact formula for every column in the others: shifts, differences, windows, running totals, sums, products, group means, target \
          encodings. A formula is proven when its residual is rounding on 99 % of the rows and chance is excluded in bits. What it has seen of the target, \
          through all columns it is made of, is compared with the moment of prediction: a blocker when it contains the answer or comes after the \
          prediction, a certificate when everything lies before it.",
    run,
};

/// Fewest rows searched.
const FEWEST_ROWS: usize = 8;
/// Most formulas listed beside the one told.
const ALSO: usize = 3;

fn run(input: &AuditInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    if n_rows < FEWEST_ROWS {
        return Checked::underpowered(LINEAGE.id, n_rows, "a formula needs at least 8 rows to be told from chance");
    }
    let frame = Frame::new(input.table, Some(input.task));
    let lineage = search(&frame);
    let Some(target) = frame.target else { return Checked::skipped(LINEAGE.id, "there is no target") };
    if lineage.provable.is_empty() {
        let why = "no numeric column has enough different values: even an exact copy could be chance";
        return Checked::underpowered(LINEAGE.id, n_rows, why);
    }
    let findings = findings(&frame, &lineage, target, input);
    Checked::ran(LINEAGE.id, n_rows, findings)
}

fn findings(frame: &Frame<'_>, lineage: &Lineage, target: usize, input: &AuditInput<'_>) -> Vec<Finding> {
    let answers = input.known.iter().filter_map(|(name, row)| Some((input.table.position(name)?, *row))).collect();
    let moment = Moment::new(target, input.task.horizon, &lineage.chosen).with_answers(answers);
    let used = |column: usize| input.task.features.iter().any(|f| f == frame.name(column));
    // Copies of the target and parts of a sum that gives it are told by the checks before this one.
    let told = lineage.chosen.iter().filter(|c| c.derivation.y != target && !moment.standing.contains_key(&c.derivation.y) && used(c.derivation.y));
    let mut findings: Vec<Finding> = told.map(|chosen| finding(frame, lineage, chosen, &moment)).collect();
    findings.extend(given(frame, lineage, target, &moment, input));
    findings.extend(lineage.encodings.iter().filter(|e| used(e.y)).map(|e| encoding(frame, e)));
    findings.extend(unknown(frame, &moment, input));
    findings.extend(availability(frame, lineage, &moment, input));
    findings
}

/// The target computed from features by a formula that is no sum: a product, a function, a change. Every feature in it is a part of the answer.
fn given(frame: &Frame<'_>, lineage: &Lineage, target: usize, moment: &Moment, input: &AuditInput<'_>) -> Option<Finding> {
    let chosen = lineage.chosen.iter().find(|c| c.derivation.y == target)?;
    let formula = &chosen.derivation.formula;
    // Sums are told by the check before this one; where the target is another row of a column, that column is judged by its rows.
    let told = match formula {
        Formula::Row(RowFormula::Linear { .. }) | Formula::Group(_) => true,
        Formula::Time(f) => f.as_shift().is_some(),
        Formula::Row(_) => false,
    };
    if told || chosen.derivation.hold == Hold::Partial {
        return None;
    }
    let now = |r: &&Read| matches!(r.latest, Latest::Row(row) if row >= 0) && input.task.features.iter().any(|f| f == frame.name(r.column));
    let reads = formula.reads();
    let mut columns: Vec<usize> = reads.iter().filter(now).map(|r| r.column).filter(|&c| Some(c) != frame.time).collect();
    columns.sort_unstable();
    columns.dedup();
    let names: Vec<&str> = columns.iter().map(|&c| frame.name(c)).collect();
    let certainty = if chosen.derivation.hold == Hold::Exact { Certainty::Proven } else { Certainty::Strong };
    let mut derived = derived(frame, lineage, chosen, Judgement::ContainsAnswer(0), moment);
    GIVES.clone_into(&mut derived.judgement);
    let drop = Remedy::DropColumns { columns: names.iter().map(|&n| n.to_owned()).collect() };
    let found = Finding::new(LINEAGE.id, Severity::Blocker, certainty, &names, Evidence::Derivation(Box::new(derived)));
    (!names.is_empty()).then(|| found.rows(chosen.derivation.misses.iter().copied()).remedies(vec![drop]))
}

/// Judgement of a formula of the target.
const GIVES: &str = "gives_target";

/// A column that depends on a key alone and is no aggregate of the rows in this file: an attribute, or an encoding made before rows were left out.
fn encoding(frame: &Frame<'_>, found: &UnexplainedEncoding) -> Finding {
    let evidence = Evidence::Setting { name: DEPENDS_ON.to_owned(), value: frame.name(found.key).to_owned() };
    let remedies = for_encoding(frame, found.y, found.key);
    Finding::new(LINEAGE.id, Severity::Note, Certainty::Ask, &[frame.name(found.y)], evidence).remedies(remedies)
}

/// Name of the evidence of a column that depends on a key alone.
const DEPENDS_ON: &str = "depends_on";

/// Asked for a horizon: which features stand in the row of the target, and may not be known that far ahead?
fn availability(frame: &Frame<'_>, lineage: &Lineage, moment: &Moment, input: &AuditInput<'_>) -> Option<Finding> {
    if input.task.horizon == 0 || frame.time.is_none() {
        return None;
    }
    let is_made = |column: usize| lineage.chosen.iter().any(|c| c.derivation.y == column);
    let open = |column: usize| match is_made(column) {
        true => matches!(judge(column, moment, &lineage.chosen), Judgement::Availability(_)),
        false => !moment.standing.contains_key(&column) && Some(column) != frame.time && Some(column) != frame.entity,
    };
    let open = |column: usize| !moment.answers.contains_key(&column) && open(column);
    let columns: Vec<&str> = input.feature_positions().into_iter().filter(|&c| open(c)).map(|c| frame.name(c)).collect();
    let evidence = Evidence::Setting { name: "horizon".to_owned(), value: counted_units(input.task.horizon, unit(frame)) };
    let mut found = Finding::new(LINEAGE.id, Severity::Warning, Certainty::Ask, &columns, evidence).remedies(for_availability(&columns));
    AVAILABILITY.clone_into(&mut found.id);
    (!columns.is_empty()).then_some(found)
}

/// Features of which the user said that no value is known in time.
fn unknown(frame: &Frame<'_>, moment: &Moment, input: &AuditInput<'_>) -> Vec<Finding> {
    let positions = input.feature_positions().into_iter();
    let never = positions.filter(|column| moment.answers.get(column).is_some_and(|&row| row < 0) && !moment.standing.contains_key(column));
    let finding = |column: usize| {
        let name = frame.name(column);
        let evidence = Evidence::Setting { name: KNOWN.to_owned(), value: "no".to_owned() };
        let mut found = Finding::new(LINEAGE.id, Severity::Blocker, Certainty::Strong, &[name], evidence)
            .remedies(vec![Remedy::DropColumns { columns: vec![name.to_owned()] }]);
        found.id = format!("{}:{KNOWN}:{name}", LINEAGE.id);
        found
    };
    never.map(finding).collect()
}

/// Name of the evidence of a column that the user said is not known in time.
const KNOWN: &str = "known";

/// Id of the one question about what is known in time: it stays the same whatever columns it names.
const AVAILABILITY: &str = "lineage:availability";

fn counted_units(n: u32, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

fn finding(frame: &Frame<'_>, lineage: &Lineage, chosen: &Chosen, moment: &Moment) -> Finding {
    let y = chosen.derivation.y;
    let verdict = judge(y, moment, &lineage.chosen);
    let hold = chosen.derivation.hold;
    let certainty = if hold == Hold::Rounded { Certainty::Strong } else { Certainty::Proven };
    let (severity, certainty) = match verdict {
        Judgement::ContainsAnswer(_)
        | Judgement::AfterPrediction(_)
        | Judgement::WholeFileOfTarget
        | Judgement::FutureOfOther(_)
        | Judgement::NotKnown(_) => (Severity::Blocker, certainty),
        Judgement::WholeFileOfOther => (Severity::Warning, certainty),
        Judgement::Ambiguous => (Severity::Warning, Certainty::Ask),
        Judgement::Availability(_) | Judgement::Unproven => (Severity::Note, certainty),
        Judgement::Safe(_) => (Severity::Safe, certainty),
    };
    let name = frame.name(y);
    let evidence = Evidence::Derivation(Box::new(derived(frame, lineage, chosen, verdict, moment)));
    let found = Finding::new(LINEAGE.id, severity, certainty, &[name], evidence).rows(chosen.derivation.misses.iter().copied());
    found.remedies(for_derived(frame, chosen, verdict, moment, &lineage.chosen))
}

fn derived(frame: &Frame<'_>, lineage: &Lineage, chosen: &Chosen, verdict: Judgement, moment: &Moment) -> Derived {
    let d = &chosen.derivation;
    let (judgement, latest) = named(verdict);
    let rows = |read: &Read| SeenRows { column: frame.name(read.column).to_owned(), first: read.first, latest: row(read.latest) };
    let is_made = |column: usize| lineage.chosen.iter().any(|c| c.derivation.y == column);
    let roots = seen(d.y, moment.target, &lineage.chosen).into_iter().filter(|&(c, _)| c != d.y && (!is_made(c) || moment.standing.contains_key(&c)));
    let points = d.formula.all(frame);
    let example = |&position: &u32| {
        let at = position as usize;
        let cell = |p: &crate::lineage::formula::Part| UsedCell { column: frame.name(p.column).to_owned(), row: p.row, value: p.value };
        Some(DerivedRow {
            row: *frame.order.get(at)?,
            cells: d.formula.parts(frame, at).iter().map(cell).collect(),
            expected: points.get(at)?.as_ref()?.value,
            found: *frame.values(d.y)?.get(at)?,
        })
    };
    Derived {
        column: frame.name(d.y).to_owned(),
        formula: notation(&d.formula, frame),
        reads: d.formula.reads().iter().map(rows).collect(),
        roots: roots
            .map(|(c, latest)| (SeenRows { column: frame.name(c).to_owned(), first: None, latest: row(latest) }, moment.standing.contains_key(&c)))
            .collect(),
        hold: match d.hold {
            Hold::Exact => "exact",
            Hold::Rounded => "rounded",
            Hold::Partial => "partial",
        }
        .to_owned(),
        judgement: judgement.to_owned(),
        window: window(frame, lineage, d.y, &d.formula, moment),
        latest,
        known: moment.known_of_target(),
        unit: unit(frame).to_owned(),
        matched: d.matched,
        undefined: d.orphans,
        largest_residual: d.largest_residual,
        tolerance: d.tolerance,
        bits: d.bits,
        bits_needed: d.bits_needed,
        also: also(frame, chosen, verdict),
        examples: d.examples.iter().filter_map(example).collect(),
    }
}

/// Rows read, relative to the row the target stands in: a column that holds the target a row earlier is read a row nearer.
fn window(frame: &Frame<'_>, lineage: &Lineage, y: usize, formula: &Formula, moment: &Moment) -> Vec<SeenRows> {
    let shifted = |column: usize, first: Option<i32>, latest: Latest| {
        let by = moment.standing.get(&column).copied().unwrap_or_else(|| moment.lead());
        let shift = |row: i32| row.saturating_sub(by);
        SeenRows { column: frame.name(column).to_owned(), first: first.map(shift), latest: row(latest).map(shift) }
    };
    let reads = formula.reads();
    let mut rows: Vec<SeenRows> = reads.iter().map(|r| shifted(r.column, r.first, r.latest)).collect();
    if !reads.iter().any(|r| moment.standing.contains_key(&r.column)) {
        let behind = seen(y, moment.target, &lineage.chosen).into_iter().filter(|(c, _)| *c != y && moment.standing.contains_key(c));
        rows.extend(behind.take(1).map(|(c, latest)| shifted(c, first_seen(y, c, &lineage.chosen), latest)));
    }
    rows
}

/// Formulas worth naming beside the one told: over the same columns, or all of them when they are what the judgement is about. (A lag of twelve is
/// also the lag of three, nine rows later: that tells nobody anything.)
fn others(chosen: &Chosen, verdict: Judgement) -> impl Iterator<Item = &Formula> {
    let columns = |f: &Formula| f.reads().iter().map(|r| r.column).collect::<Vec<_>>();
    let own = columns(&chosen.derivation.formula);
    chosen.also.iter().filter(move |f| verdict == Judgement::Ambiguous || columns(f) == own)
}

/// Their notation; a form that differs from one told before in nothing but "[t]" is the same.
fn also(frame: &Frame<'_>, chosen: &Chosen, verdict: Judgement) -> Vec<String> {
    let bare = |formula: &str| formula.replace("[t]", "");
    let mut told = vec![bare(&notation(&chosen.derivation.formula, frame))];
    let mut forms = Vec::new();
    for form in others(chosen, verdict).map(|f| notation(f, frame)) {
        if forms.len() < ALSO && !told.contains(&bare(&form)) {
            told.push(bare(&form));
            forms.push(form);
        }
    }
    forms
}

fn row(latest: Latest) -> Option<i32> {
    if let Latest::Row(row) = latest { Some(row) } else { None }
}

fn named(verdict: Judgement) -> (&'static str, Option<i32>) {
    match verdict {
        Judgement::ContainsAnswer(row) => ("contains_answer", Some(row)),
        Judgement::AfterPrediction(row) => ("after_prediction", Some(row)),
        Judgement::WholeFileOfTarget => ("whole_file_of_target", None),
        Judgement::FutureOfOther(row) => ("future_of_other", Some(row)),
        Judgement::NotKnown(row) => ("not_known", Some(row)),
        Judgement::WholeFileOfOther => ("whole_file_of_other", None),
        Judgement::Availability(row) => ("availability", Some(row)),
        Judgement::Safe(row) => ("safe", Some(row)),
        Judgement::Ambiguous => ("ambiguous", None),
        Judgement::Unproven => ("unproven", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, days, noise};
    use crate::finding::Status;
    use crate::table::Column;

    /// A random walk, so that neighbours are alike.
    fn walk(index: u64, n: usize) -> Vec<f64> {
        let mut at = 100.0;
        noise(index, n, 1)
            .iter()
            .map(|step| {
                at += step;
                (at * 10.0).round() / 10.0
            })
            .collect()
    }

    /// Mean of the rows `first..=last` relative to each, to two decimals; missing where a row is.
    fn mean(values: &[f64], first: i64, last: i64) -> Vec<f64> {
        let at = |i: i64| usize::try_from(i).ok().and_then(|i| values.get(i)).copied().unwrap_or(f64::NAN);
        let n = (last - first + 1) as f64;
        (0..values.len() as i64).map(|t| ((first..=last).map(|o| at(t + o)).sum::<f64>() / n * 100.0).round() / 100.0).collect()
    }

    fn lead(values: &[f64], by: usize) -> Vec<f64> {
        (0..values.len()).map(|t| values.get(t + by).copied().unwrap_or(f64::NAN)).collect()
    }

    fn found(case: &Case, column: &str) -> (Severity, Derived) {
        let checked = case.run(&LINEAGE);
        let finding = checked.findings.iter().find(|f| f.columns == [column]).unwrap_or_else(|| panic!("{column}: {checked:?}"));
        let Evidence::Derivation(derived) = &finding.evidence else { panic!("evidence") };
        (finding.severity, (**derived).clone())
    }

    #[test]
    fn a_window_that_contains_its_own_month_is_a_blocker_for_that_month() {
        let revenue = walk(1, 80);
        let case = Case::new(vec![Column::numeric("revenue_3m", mean(&revenue, -2, 0), 2), Column::numeric("y", revenue, 1)]);
        let (severity, derived) = found(&case, "revenue_3m");
        assert_eq!((severity, derived.judgement.as_str(), derived.latest), (Severity::Blocker, "contains_answer", Some(0)));
        assert!(derived.formula.contains("y[t-2..t]"), "{}", derived.formula);
        assert_eq!((derived.matched.count, derived.matched.of), (78, 78));
    }

    #[test]
    fn the_same_window_is_certified_safe_for_the_month_after() {
        let revenue = walk(1, 80);
        let columns = vec![
            Column::numeric("revenue", revenue.clone(), 1),
            Column::numeric("revenue_3m", mean(&revenue, -2, 0), 2),
            Column::numeric("y", lead(&revenue, 1), 1),
        ];
        let (severity, derived) = found(&Case::new(columns), "revenue_3m");
        assert_eq!((severity, derived.judgement.as_str(), derived.latest), (Severity::Safe, "safe", Some(-1)));
    }

    #[test]
    fn a_lead_of_an_honest_window_is_traced_to_the_target() {
        let revenue = walk(2, 120);
        let honest = mean(&revenue, -2, 0);
        let columns = vec![
            Column::numeric("revenue_3m", honest.clone(), 2),
            Column::numeric("leaky_3m", lead(&honest, 1), 2),
            Column::numeric("revenue", revenue.clone(), 1),
            Column::numeric("y", lead(&revenue, 1), 1),
        ];
        assert_eq!(found(&Case::new(columns.clone()), "revenue_3m").0, Severity::Safe);
        assert_eq!(found(&Case::new(columns), "leaky_3m").0, Severity::Blocker);
    }

    #[test]
    fn a_lag_shorter_than_the_horizon_is_later_than_the_prediction() {
        let revenue = walk(3, 90);
        let lag = |k: usize| (0..90).map(|t: usize| t.checked_sub(k).map_or(f64::NAN, |i| revenue[i])).collect::<Vec<f64>>();
        let mut case = Case::new(vec![
            days("day", &(0..90).collect::<Vec<_>>()),
            Column::numeric("lag_1", lag(1), 1),
            Column::numeric("lag_3", lag(3), 1),
            Column::numeric("y", revenue.clone(), 1),
        ]);
        case.task.time = Some("day".into());
        assert_eq!(found(&case, "lag_1").0, Severity::Safe);
        case.task.horizon = 3;
        let (severity, derived) = found(&case, "lag_1");
        assert_eq!((severity, derived.judgement.as_str(), derived.unit.as_str()), (Severity::Blocker, "after_prediction", "day"));
        assert_eq!(found(&case, "lag_3").0, Severity::Safe);
    }

    #[test]
    fn a_column_of_the_predicted_row_is_asked_about_when_there_is_a_horizon() {
        let mut case = Case::new(vec![
            days("day", &(0..90).collect::<Vec<_>>()),
            Column::numeric("visits", noise(5, 90, 0), 0),
            Column::numeric("y", walk(4, 90), 1),
        ]);
        case.task.time = Some("day".into());
        assert!(case.run(&LINEAGE).findings.is_empty());
        case.task.horizon = 2;
        let asked = case.run(&LINEAGE).findings;
        assert_eq!((asked.len(), asked[0].certainty, asked[0].columns.as_slice()), (1, Certainty::Ask, &["visits".to_owned()][..]));
    }

    #[test]
    fn a_target_that_is_a_product_or_a_change_of_features_is_given_by_them() {
        let (rate, hours) = (noise(3, 120, 2), noise(4, 120, 1));
        let pay: Vec<f64> = rate.iter().zip(&hours).map(|(r, h)| (r * h * 1e3).round() / 1e3).collect();
        let case = Case::new(vec![Column::numeric("rate", rate, 2), Column::numeric("hours", hours, 1), Column::numeric("y", pay, 3)]);
        let found = case.run(&LINEAGE).findings;
        assert_eq!((found.len(), found[0].severity, found[0].columns.join("+")), (1, Severity::Blocker, "rate+hours".to_owned()));
        let total = walk(5, 120);
        let step: Vec<f64> = (0..120).map(|t: usize| t.checked_sub(1).map_or(f64::NAN, |b| ((total[t] - total[b]) * 10.0).round() / 10.0)).collect();
        let case = Case::new(vec![Column::numeric("total", total, 1), Column::numeric("y", step, 1)]);
        let found = case.run(&LINEAGE).findings;
        assert_eq!((found.len(), found[0].severity, found[0].columns.join("+")), (1, Severity::Blocker, "total".to_owned()));
    }

    #[test]
    fn a_clean_table_gives_nothing() {
        for seed in 0..6 {
            for n_classes in [0, 2, 3] {
                assert!(clean(seed, 300, n_classes).run(&LINEAGE).findings.is_empty(), "seed {seed}, {n_classes} classes");
            }
        }
    }

    #[test]
    fn where_no_proof_can_exist_the_check_says_so() {
        let flags = |k: usize| (0..12).map(|i| f64::from(u8::from(i % k == 0))).collect::<Vec<_>>();
        let case = Case::new(vec![Column::numeric("a", flags(2), 0), Column::numeric("y", flags(3), 0)]);
        assert!(matches!(case.run(&LINEAGE).status, Status::Underpowered(_)));
    }
}
