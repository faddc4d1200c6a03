//! The rule that turns measured quantities into go, caution or no-go.

use super::{Comparison, Gate, Quantity};
use crate::evaluate::{Direction, Estimate, metric};
use serde::{Deserialize, Serialize};

/// What a gate came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateState {
    /// The whole interval is on the right side of the limit.
    Pass,
    /// The interval crosses the limit, or the quantity could not be computed.
    Undecided,
    /// The whole interval is on the wrong side.
    Fail,
}

/// Why a gate is undecided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The interval crosses the limit.
    Crosses,
    /// The quantity was not measured, or could not be computed.
    NotComputable,
    /// An estimate from so few rows that it has no interval.
    NoInterval,
}

/// One gate with what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate.
    pub gate: Gate,
    /// What it came to.
    pub state: GateState,
    /// The value; `None` when not computable.
    pub value: Option<f64>,
    /// 95 % interval; `None` for counts and scores, which are judged as they are.
    pub interval: Option<(f64, f64)>,
    /// Rows the value rests on, where it is an estimate.
    pub n_rows: Option<u64>,
    /// Why it is undecided, if it is.
    pub doubt: Option<Doubt>,
}

/// Which of the three outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every gate passes.
    Go,
    /// None fails, at least one is undecided.
    Caution,
    /// A gate fails, a blocker is open, or nothing was tested.
    NoGo,
}

/// What the verdict rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// These blockers are open, by finding id.
    OpenBlockers {
        /// The findings.
        findings: Vec<String>,
    },
    /// Nothing was tested: no gate was measured, no audit check ran, or no row was judged.
    NothingTested,
    /// These gates fail, by gate id.
    Fails {
        /// The gates.
        gates: Vec<String>,
    },
    /// These gates are undecided, by gate id.
    Undecided {
        /// The gates.
        gates: Vec<String>,
    },
    /// Every gate passes.
    AllPass,
}

/// The outcome with its gates and reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Which of the three.
    pub verdict: Verdict,
    /// One a gate, in the order of the settings.
    pub gates: Vec<GateResult>,
    /// What it rests on, the gravest first.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// The verdict there would be if these gates passed and all else stayed.
    #[must_use]
    pub fn verdict_if(&self, passing: &[&str]) -> Verdict {
        let passes = |id: &str| passing.contains(&id);
        let closes = self.gates.iter().any(|g| g.gate.quantity == Quantity::OpenBlockers && passes(&g.gate.id));
        let stays = |reason: &Reason| match reason {
            Reason::OpenBlockers { .. } => !closes,
            Reason::NothingTested => true,
            Reason::Fails { gates } => gates.iter().any(|g| !passes(g)),
            Reason::Undecided { .. } | Reason::AllPass => false,
        };
        if self.reasons.iter().any(stays) {
            return Verdict::NoGo;
        }
        let open = self.gates.iter().any(|g| g.state == GateState::Undecided && !passes(&g.gate.id));
        if open { Verdict::Caution } else { Verdict::Go }
    }

    /// Number of gates in this state.
    #[must_use]
    pub fn count(&self, state: GateState) -> usize {
        self.gates.iter().filter(|g| g.state == state).count()
    }
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionInput {
    /// Id of the main metric.
    pub metric: String,
    /// Cross-validated metrics of the chosen model; empty when nothing was validated.
    pub cross_validated: Vec<Estimate>,
    /// The same on the sealed rows; empty without a holdout.
    pub holdout: Vec<Estimate>,
    /// Paired gain over the best baseline in the main metric.
    pub gain: Option<Estimate>,
    /// Open blockers by finding id. A proven blocker stays open although it was accepted.
    pub open_blockers: Vec<String>,
    /// Lowest quality score, 0 to 100.
    pub quality_score: Option<f64>,
    /// Audit checks that ran.
    pub checks_ran: u32,
    /// Audit checks that apply: ran or underpowered.
    pub checks_applicable: u32,
}

/// Judges every gate and gives the verdict.
///
/// No-go when a blocker is open, when nothing was tested (no gate measured, no check ran, no row judged), or when a gate fails.
/// Caution when none fails and at least one is undecided. Go when every gate passes.
#[must_use]
pub fn decide(input: &DecisionInput, gates: &[Gate]) -> Decision {
    let gates: Vec<GateResult> = gates.iter().map(|gate| judge(input, gate)).collect();
    let of = |state| gates.iter().filter(|g| g.state == state).map(|g| g.gate.id.clone()).collect::<Vec<_>>();
    let (failed, undecided) = (of(GateState::Fail), of(GateState::Undecided));
    let judged_rows = input.cross_validated.iter().any(|e| e.value.is_some() && e.n_rows > 0);
    let mut reasons = Vec::new();
    if !input.open_blockers.is_empty() {
        reasons.push(Reason::OpenBlockers { findings: input.open_blockers.clone() });
    }
    if gates.iter().all(|g| g.value.is_none()) || input.checks_ran == 0 || !judged_rows {
        reasons.push(Reason::NothingTested);
    }
    if !failed.is_empty() {
        reasons.push(Reason::Fails { gates: failed });
    }
    let verdict = match (reasons.is_empty(), undecided.is_empty()) {
        (false, _) => Verdict::NoGo,
        (true, false) => Verdict::Caution,
        (true, true) => Verdict::Go,
    };
    if !undecided.is_empty() {
        reasons.push(Reason::Undecided { gates: undecided });
    }
    if reasons.is_empty() {
        reasons.push(Reason::AllPass);
    }
    Decision { verdict, gates, reasons }
}

/// A measured quantity: value, interval, rows. `sampled`: it is an estimate, so it needs an interval to be judged.
#[derive(Default)]
struct Measured {
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    n_rows: Option<u64>,
    sampled: bool,
}

fn judge(input: &DecisionInput, gate: &Gate) -> GateResult {
    let measured = measure(input, &gate.quantity);
    let (state, doubt) = match (measured.value, measured.interval) {
        (None, _) => (GateState::Undecided, Some(Doubt::NotComputable)),
        (Some(_), None) if measured.sampled => (GateState::Undecided, Some(Doubt::NoInterval)),
        (Some(value), interval) => side(gate, interval.unwrap_or((value, value))),
    };
    GateResult { gate: gate.clone(), state, value: measured.value, interval: measured.interval, n_rows: measured.n_rows, doubt }
}

/// Which side of the limit an interval is on. A gain must be above its limit; everything else may stand on it.
fn side(gate: &Gate, (low, high): (f64, f64)) -> (GateState, Option<Doubt>) {
    let strict = gate.quantity == Quantity::GainOverBaseline;
    let good = |v: f64| match (gate.comparison, strict) {
        (Comparison::AtLeast, false) => v >= gate.limit,
        (Comparison::AtLeast, true) => v > gate.limit,
        (Comparison::AtMost, false) => v <= gate.limit,
        (Comparison::AtMost, true) => v < gate.limit,
    };
    match (good(low), good(high)) {
        (true, true) => (GateState::Pass, None),
        (false, false) => (GateState::Fail, None),
        _ => (GateState::Undecided, Some(Doubt::Crosses)),
    }
}

fn measure(input: &DecisionInput, quantity: &Quantity) -> Measured {
    let point = |value| Measured { value, ..Measured::default() };
    let estimated =
        |e: &Estimate| Measured { value: e.value.filter(|v| v.is_finite()), interval: e.interval(), n_rows: Some(e.n_rows), sampled: true };
    let named = |all: &[Estimate], id: &str| all.iter().find(|e| e.metric == id).map(estimated).unwrap_or_default();
    match quantity {
        Quantity::Metric { metric } => named(&input.cross_validated, metric),
        Quantity::Holdout { metric } => named(&input.holdout, metric),
        Quantity::GainOverBaseline => input.gain.as_ref().map(estimated).unwrap_or_default(),
        Quantity::FoldToHoldoutGap => gap(input).unwrap_or_default(),
        #[expect(clippy::cast_precision_loss, reason = "findings are few")]
        Quantity::OpenBlockers => point(Some(input.open_blockers.len() as f64)),
        Quantity::QualityScore => point(input.quality_score),
        Quantity::ChecksRan => point((input.checks_applicable > 0).then(|| f64::from(input.checks_ran) / f64::from(input.checks_applicable))),
    }
}

/// How much worse the holdout is than cross-validation, as a share of the cross-validated value; negative when it is better.
///
/// The two rest on different rows, so the interval of the difference joins theirs as independent (method of variance estimates recovery,
/// Zou and Donner 2008). Not computable when the cross-validated value is 0.
fn gap(input: &DecisionInput) -> Option<Measured> {
    let find = |all: &'_ [Estimate]| all.iter().find(|e| e.metric == input.metric).cloned();
    let (folds, sealed) = (find(&input.cross_validated)?, find(&input.holdout)?);
    let direction = metric(&input.metric).ok()?.direction;
    let (value, unseen) = (folds.value?, sealed.value?);
    let scale = value.abs();
    if scale == 0.0 || !scale.is_finite() {
        return None;
    }
    let worse = direction.gain(value, unseen);
    let interval = folds.interval().zip(sealed.interval()).map(|((fl, fh), (sl, sh))| {
        let root = |a: f64, b: f64| (a * a + b * b).sqrt();
        // Distances towards a smaller and a larger gap.
        let (down, up) = match direction {
            Direction::Higher => (root(value - fl, sh - unseen), root(fh - value, unseen - sl)),
            Direction::Lower => (root(fh - value, unseen - sl), root(value - fl, sh - unseen)),
        };
        ((worse - down) / scale, (worse + up) / scale)
    });
    Some(Measured { value: Some(worse / scale), interval, n_rows: Some(sealed.n_rows), sampled: true })
}

#[cfg(test)]
mod tests;
