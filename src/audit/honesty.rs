//! What the split alone is worth: one fast model, the same rows judged, and every way of dealing that the table allows.
//!
//! By chance, with each entity of a candidate key kept whole, ordered in time, and ordered with a gap. Every model learns from about two thirds of
//! the rows looked at, so that no way of dealing wins by learning from more; where there is a time line all are judged on the newest third. Scores
//! and paired differences stand on the rows that every way judges. Intervals sum influences over entities, or over twenty runs of consecutive
//! rows, with the t quantile of so many clusters (as in [`super::judged`]).
//!
//! The features are those that no blocker or warning names, without the candidate keys: a column that gives the answer gives it however rows are
//! dealt. The rows looked at are whole entities of the surest key, else the newest, at most a few thousand.

use super::AuditInput;
use super::checks::entities_across_split::{candidate_keys, of_whole_entities};
use super::checks::random_split_on_dates::time_line;
use super::coded::Coded;
use super::judged::Judged;
use super::measure::Sample;
use super::probe::{Probe, most_rows};
use crate::math::distribution::t_quantile;
use crate::split::{SplitSettings, Strategy, resolve};
use crate::table::{Column, MISSING_CODE, MISSING_TIME, Table};
use crate::task::{Target, Task};
use serde::{Deserialize, Serialize};

/// Candidate keys that are tried.
pub const KEYS: usize = 3;
/// Parts the work is cut into: by chance, one a key, ordered, ordered with a gap.
pub const PARTS: u32 = 3 + KEYS as u32;
/// Fewest rows looked at.
const ENOUGH: usize = 150;
/// Fewest rows judged.
const JUDGED: usize = 50;
/// Folds by chance and by entity: each model learns from two thirds.
const FOLDS: u32 = 3;
/// Runs of consecutive rows an interval over time sums over.
const RUNS: usize = 20;
/// Moments of the gap where no horizon asks for one, as a share.
const GAP: usize = 20;
/// Score by chance from which something gives the answer, and no way of dealing rows can be told from another.
const SATURATED: f64 = 0.985;

/// A way of dealing rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Each row by chance.
    Random,
    /// All rows of one value of a column on one side; none: no column names entities.
    Grouped {
        /// The column.
        key: Option<String>,
        /// Whether it was set or is an identifier, and not only looks like a key.
        sure: bool,
    },
    /// Learned from earlier rows, judged on later ones; none: no column orders the rows.
    Ordered {
        /// The column.
        time: Option<String>,
        /// Moments left out between the two.
        gap: u32,
    },
}

/// Predictions under one way of dealing, or why there are none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SplitPart {
    /// The way; none: there is no such key.
    pub way: Option<Way>,
    /// Why it is not possible.
    pub why: Option<String>,
    /// Rows looked at.
    pub n_rows: u32,
    /// Rows of the table that were judged, in the order of time where there is one.
    pub rows: Vec<u32>,
    /// Predictions of those, as the fast model of the checks gives them.
    pub predictions: Vec<Vec<f64>>,
}

/// A score or a difference with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranged {
    /// Value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// One way of dealing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayScore {
    /// Which.
    pub way: Way,
    /// Score on the rows that every way judges.
    pub score: Option<Ranged>,
    /// What dealing by chance scores more on the same rows.
    pub chance_adds: Option<Ranged>,
    /// Why it could not be tried.
    pub why: Option<String>,
}

/// The split-honesty matrix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SplitMatrix {
    /// Name of the metric.
    pub metric: String,
    /// The score of no knowledge.
    pub chance: f64,
    /// Rows looked at, and those that were judged under every way.
    pub n_rows: u64,
    /// Rows judged.
    pub n_judged: u64,
    /// Features left out because a blocker or warning names them.
    pub n_flagged: u64,
    /// One a way; the first is by chance.
    pub ways: Vec<WayScore>,
    /// Why nothing could be compared.
    pub why: Option<String>,
    /// The most honest way that applies.
    pub recommended: Option<Way>,
    /// Whether that is the split in use.
    pub in_use: bool,
}

/// Rows, keys and time line of a table: what every part looks at.
pub struct Dealing {
    probe: Option<Probe>,
    rows: Vec<u32>,
    /// Name, and whether it is sure.
    keys: Vec<(String, bool)>,
    time: Option<String>,
    gap: u32,
    n_classes: usize,
    seed: u64,
    why: Option<String>,
}

impl Dealing {
    /// Chooses keys, time line and rows. `clean`: the features that no blocker or warning names.
    #[must_use]
    pub fn new(input: &AuditInput<'_>, clean: &[String]) -> Self {
        let all = Sample::new(input, usize::MAX);
        let keys: Vec<(String, bool)> = candidate_keys(input, &all, KEYS).into_iter().map(|(c, sure)| (c.name().to_owned(), sure)).collect();
        let time = time_line(input);
        let rows = rows(input, &all, keys.first().map(|k| k.0.as_str()), time);
        let asked = input.task.horizon.saturating_add(input.split.gap);
        let gap = if asked > 0 { asked } else { u32::try_from(n_moments(time, &rows) / GAP).unwrap_or(0).max(1) };
        let time = time.map(|c| c.name().to_owned());
        // A date that is a feature stays one: what it gives away by chance is a part of what the split is worth.
        let kept = |f: &str| !keys.iter().any(|(k, _)| k == f) && (clean.iter().any(|c| c == f) || time.as_deref() == Some(f));
        let why = if keys.is_empty() && time.is_none() {
            Some("no column orders the rows in time and none names entities that come back: rows can only be dealt by chance".to_owned())
        } else if clean.is_empty() {
            Some("every feature is named by a blocker or warning".to_owned())
        } else if rows.len() < ENOUGH {
            Some(format!("{} rows are too few to tell one way of dealing from another; {ENOUGH} are needed", rows.len()))
        } else {
            None
        };
        let probe = why.is_none().then(|| Probe::new(input, &rows, |f| !kept(f)));
        Self { probe, rows, keys, time, gap, n_classes: input.target.classes.len(), seed: input.seed, why }
    }

    /// One part of the work.
    #[must_use]
    pub fn part(&self, part: u32) -> SplitPart {
        let at = part as usize;
        let key = at.checked_sub(1).filter(|k| *k < KEYS);
        let gap = if at == KEYS + 1 { 0 } else { self.gap };
        let way = match key {
            _ if part == 0 => Some(Way::Random),
            Some(k) => match self.keys.get(k) {
                Some((key, sure)) => Some(Way::Grouped { key: Some(key.clone()), sure: *sure }),
                None => (k == 0).then_some(Way::Grouped { key: None, sure: false }),
            },
            None => Some(Way::Ordered { time: self.time.clone(), gap }),
        };
        let mut made = SplitPart { way, n_rows: u32::try_from(self.rows.len()).unwrap_or(u32::MAX), ..SplitPart::default() };
        made.why.clone_from(&self.why);
        match (made.way.clone(), &self.probe) {
            (Some(Way::Grouped { key: None, .. }), _) => made.why = Some("no column names entities that come back".to_owned()),
            (Some(Way::Ordered { time: None, .. }), _) => made.why = Some("no column orders the rows in time".to_owned()),
            (Some(way), Some(probe)) => self.judge(&way, probe, &mut made),
            _ => {}
        }
        made
    }

    fn judge(&self, way: &Way, probe: &Probe, made: &mut SplitPart) {
        let chance = if self.n_classes > 0 { Strategy::Stratified } else { Strategy::Random };
        let (strategy, folds, gap, entity) = match way {
            Way::Random => (chance, FOLDS, 0, None),
            Way::Grouped { key, .. } => (Strategy::Grouped, FOLDS, 0, key.as_deref()),
            Way::Ordered { gap, .. } => (Strategy::TimeOrdered, FOLDS - 1, *gap, None),
        };
        let last = strategy == Strategy::TimeOrdered;
        let Some(out) = probe.out_of_fold_by(entity, self.time.as_deref(), (strategy, folds, gap, last), self.seed) else {
            made.why = Some("the rows looked at cannot be dealt so: too few entities or moments".to_owned());
            return;
        };
        made.rows = out.rows.iter().map(|&r| self.rows[r]).collect();
        made.predictions = out.predictions;
    }
}

/// Whole entities of a key, else the newest rows, else rows drawn by chance; in the order of time where there is one.
fn rows(input: &AuditInput<'_>, all: &Sample, key: Option<&str>, time: Option<&Column>) -> Vec<u32> {
    let most = most_rows(input);
    let stamped = |r: &u32| time.is_none_or(|c| stamp(c, *r).is_some());
    let mut rows: Vec<u32> = match key.and_then(|k| input.table.column(k).ok()) {
        Some(key) => of_whole_entities(key, all, most, input.seed, 0),
        None if time.is_some() => all.rows.iter().map(|&r| r as u32).collect(),
        None => Sample::new(input, most).rows.iter().map(|&r| r as u32).collect(),
    };
    rows.retain(stamped);
    if let Some(time) = time {
        rows.sort_by_key(|&r| (stamp(time, r), r));
    }
    rows.split_off(if key.is_none() { rows.len().saturating_sub(most) } else { 0 })
}

/// A cell of a time line as a whole number in its order.
fn stamp(column: &Column, row: u32) -> Option<i64> {
    if let Some(millis) = column.millis() {
        return millis.get(row as usize).copied().filter(|&m| m != MISSING_TIME);
    }
    let value = column.numbers()?.get(row as usize).copied().filter(|v| !v.is_nan())?;
    let bits = (value + 0.0).to_bits().cast_signed();
    Some(bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed())
}

fn n_moments(time: Option<&Column>, rows: &[u32]) -> usize {
    let mut moments: Vec<i64> = time.map(|c| rows.iter().filter_map(|&r| stamp(c, r)).collect()).unwrap_or_default();
    moments.dedup();
    moments.len()
}

impl SplitMatrix {
    /// Joins the parts, given in their order. `n_flagged`: features that were left out because a finding names them.
    #[must_use]
    pub fn of(parts: &[SplitPart], table: &Table, task: &Task, target: &Target, split: &SplitSettings, n_flagged: u64) -> Self {
        let common = common(parts);
        let truth = |r: &u32| target.values.get(*r as usize).copied().unwrap_or(f64::NAN);
        let sample =
            Sample { rows: common.iter().map(|&r| r as usize).collect(), y: common.iter().map(truth).collect(), n_classes: target.classes.len() };
        let judged: Vec<Option<Judged>> = parts.iter().map(|p| Judged::new(&sample, &on(p, &common)?)).collect();
        let random = judged.first().and_then(Option::as_ref);
        let nothing = parts.iter().all(|p| p.rows.is_empty()).then(|| parts.iter().find_map(|p| p.why.clone())).flatten();
        let why = nothing.or_else(|| match random {
            _ if common.len() < JUDGED => Some(format!("only {} rows are judged under every way of dealing", common.len())),
            None => Some("the model tells all rows alike, or one class is not among the rows judged".to_owned()),
            Some(random) if random.value > SATURATED => {
                Some("the model is all but perfect however rows are dealt: a column still gives the answer".to_owned())
            }
            Some(_) => None,
        });
        let bounds = (if sample.n_classes == 0 { -1.0 } else { 0.0 }, 1.0);
        let one = |(part, own): (&SplitPart, &Option<Judged>)| {
            let clusters = clusters(part.way.as_ref()?, parts, table, &common);
            let shown = own.as_ref().filter(|_| why.is_none());
            let score = shown.map(|o| ranged(o, &clusters, bounds));
            let adds = shown.zip(random).filter(|_| part.way != Some(Way::Random)).map(|(o, r)| ranged(&r.minus(o), &clusters, (-2.0, 2.0)));
            let unseen = own.is_none() && part.why.is_none() && why.is_none();
            let own_why = part.why.clone().or_else(|| unseen.then(|| "the model tells all rows alike".to_owned()));
            Some(WayScore { way: part.way.clone()?, score, chance_adds: adds, why: own_why })
        };
        let ways: Vec<WayScore> = parts.iter().zip(&judged).filter_map(one).collect();
        let recommended = recommend(&ways, task, split);
        let in_use = recommended.as_ref().is_some_and(|way| is_used(way, task, split));
        Self {
            metric: sample.metric().to_owned(),
            chance: sample.chance(),
            n_rows: parts.first().map_or(0, |p| u64::from(p.n_rows)),
            n_judged: common.len() as u64,
            n_flagged,
            ways,
            why,
            recommended,
            in_use,
        }
    }
}

/// Rows judged under every way that could be tried, in the order of the way that judges fewest.
fn common(parts: &[SplitPart]) -> Vec<u32> {
    let tried: Vec<&SplitPart> = parts.iter().filter(|p| !p.rows.is_empty()).collect();
    let Some(fewest) = tried.iter().min_by_key(|p| p.rows.len()) else { return Vec::new() };
    let sorted: Vec<Vec<u32>> = tried
        .iter()
        .map(|p| {
            let mut rows = p.rows.clone();
            rows.sort_unstable();
            rows
        })
        .collect();
    fewest.rows.iter().copied().filter(|r| sorted.iter().all(|rows| rows.binary_search(r).is_ok())).collect()
}

/// A part's predictions of these rows.
fn on(part: &SplitPart, rows: &[u32]) -> Option<Vec<Vec<f64>>> {
    let mut places: Vec<(u32, usize)> = part.rows.iter().copied().zip(0..).collect();
    places.sort_unstable();
    let place = |r: &u32| places.binary_search_by_key(r, |p| p.0).ok().and_then(|i| places.get(i)).map(|p| p.1);
    let at: Vec<usize> = rows.iter().map(place).collect::<Option<_>>()?;
    Some(part.predictions.iter().map(|p| if p.is_empty() { Vec::new() } else { at.iter().filter_map(|&i| p.get(i)).copied().collect() }).collect())
}

/// Which rows depend on one another: those of an entity, or neighbours in time; by chance as under the surest way besides.
fn clusters(way: &Way, parts: &[SplitPart], table: &Table, rows: &[u32]) -> Vec<u32> {
    let grouped = |key: &str| {
        let at: Vec<usize> = rows.iter().map(|&r| r as usize).collect();
        let mut codes = Coded::new(table.column(key).ok()?, &at).codes;
        let none = codes.iter().filter(|c| **c != MISSING_CODE).max().map_or(0, |m| m + 1);
        codes.iter_mut().filter(|c| **c == MISSING_CODE).for_each(|c| *c = none);
        Some(codes)
    };
    let found = match way {
        Way::Grouped { key, .. } => key.as_deref().and_then(grouped),
        Way::Ordered { .. } => Some(runs(rows.len())),
        Way::Random => {
            let others = || parts.iter().filter(|p| !p.rows.is_empty()).filter_map(|p| p.way.as_ref()).filter(|w| **w != Way::Random);
            others().next().map(|other| clusters(other, &[], table, rows))
        }
    };
    found.unwrap_or_else(|| (0_u32..).take(rows.len()).collect())
}

fn runs(n: usize) -> Vec<u32> {
    (0..n).map(|i| u32::try_from(i * RUNS / n.max(1)).unwrap_or(u32::MAX)).collect()
}

fn ranged(judged: &Judged, clusters: &[u32], (least, most): (f64, f64)) -> Ranged {
    let mut distinct = clusters.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let freedom = u32::try_from(distinct.len()).unwrap_or(u32::MAX).saturating_sub(1).max(1);
    let half = t_quantile(0.975, f64::from(freedom)) * judged.error(clusters);
    Ranged { value: judged.value, low: (judged.value - half).max(least), high: (judged.value + half).min(most) }
}

/// The most honest way that applies: later rows where rows are dated, new entities where a key is sure or keeping it whole costs something.
fn recommend(ways: &[WayScore], task: &Task, split: &SplitSettings) -> Option<Way> {
    let tried = || ways.iter().filter(|w| w.score.is_some());
    let wants_gap = task.horizon.saturating_add(split.gap) > 0;
    let ordered = |gapped: bool| tried().map(|w| &w.way).find(move |w| matches!(w, Way::Ordered { gap, .. } if (*gap > 0) == gapped));
    let costs = |w: &&WayScore| matches!(&w.way, Way::Grouped { sure, .. } if *sure || w.chance_adds.is_some_and(|a| a.low > 0.0));
    let grouped = || tried().find(costs).map(|w| &w.way);
    ordered(wants_gap).or_else(|| ordered(false)).or_else(grouped).or_else(|| tried().map(|w| &w.way).next()).cloned()
}

fn is_used(way: &Way, task: &Task, split: &SplitSettings) -> bool {
    match (way, resolve(split, task)) {
        (Way::Random, Strategy::Random | Strategy::Stratified) => true,
        (Way::Grouped { key, .. }, Strategy::Grouped) => *key == task.entity,
        (Way::Ordered { time, .. }, Strategy::TimeOrdered) => *time == task.time,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, days};
    use crate::math::rng::Stream;
    use crate::table::Kind;

    fn matrix(case: &Case) -> SplitMatrix {
        case.with(|input| {
            let dealing = Dealing::new(input, &input.task.features);
            let parts: Vec<SplitPart> = (0..PARTS).map(|p| dealing.part(p)).collect();
            SplitMatrix::of(&parts, input.table, input.task, input.target, input.split, 0)
        })
    }

    /// Visits of patients who are well or ill for good.
    fn visits(kind: Kind) -> Case {
        let mut draw = Stream::new(3, "visits", 0);
        let (mut id, mut age, mut size, mut y) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for patient in 0..150 {
            let (a, s, ill) = (20.0 + 60.0 * draw.uniform(), 150.0 + 40.0 * draw.uniform(), draw.chance(0.4));
            for _ in 0..8 {
                id.push(format!("p{patient:04}"));
                age.push(a.round());
                size.push(s.round());
                y.push(Some(if ill != draw.chance(0.1) { "yes" } else { "no" }));
            }
        }
        Case::new(vec![
            Column::labels("patient", kind, &id.iter().map(|i| Some(i.as_str())).collect::<Vec<_>>()),
            Column::numeric("age", age, 0),
            Column::numeric("size", size, 0),
            Column::labels("y", Kind::Boolean, &y),
        ])
    }

    /// A level that wanders: known to its neighbours in time, not to later rows.
    fn wandering() -> Case {
        let mut draw = Stream::new(8, "wander", 0);
        let mut level = 0.0;
        let mut step = || {
            level += draw.normal();
            (level * 100.0_f64).round() / 100.0
        };
        let y: Vec<f64> = (0..900).map(|_| step()).collect();
        let mut columns = clean(7, 900, 0).into_columns();
        columns.pop();
        columns.insert(0, days("day", &(0..900).collect::<Vec<_>>()));
        columns.push(Column::numeric("y", y, 2));
        Case::new(columns)
    }

    #[test]
    fn recognised_entities_are_what_a_split_by_chance_is_worth() {
        let matrix = matrix(&visits(Kind::Identifier));
        let grouped = &matrix.ways[1];
        assert_eq!(grouped.way, Way::Grouped { key: Some("patient".into()), sure: true });
        assert!(grouped.chance_adds.unwrap().low > 0.1, "{matrix:?}");
        assert_eq!((matrix.recommended.as_ref(), matrix.in_use), (Some(&grouped.way), false));
        assert!(matrix.ways[2].why.as_ref().unwrap().contains("orders the rows"), "{matrix:?}");
    }

    #[test]
    fn filling_gaps_is_what_a_split_by_chance_is_worth_on_dated_rows() {
        let matrix = matrix(&wandering());
        let ordered: Vec<&WayScore> = matrix.ways.iter().filter(|w| matches!(w.way, Way::Ordered { .. })).collect();
        assert_eq!(ordered.len(), 2);
        assert!(ordered.iter().all(|w| w.chance_adds.unwrap().low > 0.0), "{matrix:?}");
        assert_eq!(matrix.recommended, Some(Way::Ordered { time: Some("day".into()), gap: 0 }));
        assert_eq!((matrix.n_rows, matrix.n_judged), (900, 300));
    }

    #[test]
    fn in_use_is_what_the_settings_deal() {
        let mut case = wandering();
        case.task.time = Some("day".into());
        assert!(matrix(&case).in_use);
        case.task.horizon = 2;
        assert_eq!(matrix(&case).recommended, Some(Way::Ordered { time: Some("day".into()), gap: 2 }));
    }

    #[test]
    fn without_time_and_keys_or_with_few_rows_it_says_why() {
        let none = matrix(&clean(1, 400, 2));
        assert!(none.why.unwrap().contains("only be dealt by chance"));
        assert!(none.ways.iter().all(|w| w.score.is_none()) && none.recommended.is_none());
        let mut columns = clean(7, 60, 0).into_columns();
        columns.insert(0, days("day", &(0..60).collect::<Vec<_>>()));
        assert!(matrix(&Case::new(columns)).why.unwrap().contains("60 rows are too few"));
    }

    #[test]
    fn degenerate_tables_say_why() {
        for n in [2, 3, 5] {
            assert!(matrix(&clean(1, n, 0)).why.is_some());
            assert!(
                SplitMatrix::of(
                    &[],
                    &clean(1, n, 0).table,
                    &clean(1, n, 0).task,
                    &Target { values: vec![], classes: vec![] },
                    &SplitSettings::default(),
                    0
                )
                .why
                .is_some()
            );
        }
    }
}
