//! The decision threshold that is best by a rule, among all that tell the scores at hand apart.
//!
//! One pass over the scores from the highest down counts true and false alarms of every threshold. A threshold lies halfway between two scores that
//! follow each other, so that a new row near either falls on its side. Of equals the highest is taken: it flags fewest.

use crate::param::Params;

/// A threshold that no probability reaches.
pub(super) const NEVER: f64 = 1.0 + f64::EPSILON;

/// The threshold the rule in `params` names; `None` for 0.5, for no rule, and where no row is positive.
pub(super) fn choose(scores: &[f64], positive: &[bool], params: &Params) -> Option<f64> {
    let rule = params.word("threshold");
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let all = positive.iter().filter(|p| **p).count() as f64;
    if ["usual", "half"].contains(&rule) || all == 0.0 {
        return None;
    }
    let worth = |hits: f64, alarms: f64| match rule {
        "cost" => -(params.real("missed_cost") * (all - hits) + alarms),
        "recall_at_precision" => {
            let precision = hits / (hits + alarms);
            // Where the precision is out of reach: as near as can be, which is below any recall.
            if precision >= params.real("precision") { hits / all } else { precision - 2.0 }
        }
        _ => {
            let weight = if rule == "f1" { 1.0 } else { params.real("beta") * params.real("beta") };
            (1.0 + weight) * hits / (weight * all + hits + alarms)
        }
    };
    let mut rows: Vec<(f64, bool)> = scores.iter().copied().zip(positive.iter().copied()).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let never = (rule == "cost").then(|| (worth(0.0, 0.0), NEVER));
    let (mut best, mut hits, mut alarms) = (never, 0.0, 0.0);
    for (at, &(score, is_positive)) in rows.iter().enumerate() {
        if is_positive {
            hits += 1.0
        } else {
            alarms += 1.0
        }
        let next = rows.get(at + 1).map(|row| row.0);
        if next == Some(score) {
            continue;
        }
        let value = worth(hits, alarms);
        if best.is_none_or(|(known, _)| value > known) {
            best = Some((value, next.map_or(score, |next| (score + next) / 2.0)));
        }
    }
    best.map(|(_, cut)| cut)
}
