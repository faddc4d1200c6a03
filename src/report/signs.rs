//! The signs Watertight speaks in: severity marks, the interval bar, the load line of the verdict.
//!
//! Shape, word and colour always go together; colours are classes. The page draws the same signs from the same functions.

use super::block::{Interval, Mark, Outcome};
use super::format::{fixed, interval, number};

/// Class that gives a mark its colour.
#[must_use]
pub fn mark_class(mark: Mark) -> &'static str {
    match mark {
        Mark::Blocker => "blocker",
        Mark::Warning | Mark::Undecided => "warning",
        Mark::Ask => "ask",
        Mark::Safe => "safe",
        Mark::Quiet => "quiet",
    }
}

/// Id of a mark's symbol in [`symbols`].
#[must_use]
pub fn mark_id(mark: Mark) -> &'static str {
    match mark {
        Mark::Blocker => "m-blocker",
        Mark::Warning => "m-warning",
        Mark::Ask => "m-ask",
        Mark::Safe => "m-safe",
        Mark::Undecided => "m-open",
        Mark::Quiet => "m-quiet",
    }
}

/// The shape of a mark: the inside of an SVG with `viewBox="0 0 16 16"`, coloured by `currentColor` and class `knock`.
#[must_use]
pub fn mark_path(mark: Mark) -> &'static str {
    match mark {
        Mark::Blocker => r#"<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor"/><path class="knock" d="M4.2 8h7.6" stroke-width="2.2"/>"#,
        Mark::Warning => r#"<path d="M8 1.2 15.4 14.6H.6z" fill="currentColor"/><path class="knock" d="M8 5.8v4.4M8 11.4v1.8" stroke-width="1.8"/>"#,
        Mark::Ask => {
            r#"<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M5.8 6.3c0-1.3 1-2.1 2.2-2.1s2.2.8 2.2 2c0 1.6-2.2 1.7-2.2 3.3M8 10.9v1.6" fill="none" stroke="currentColor" stroke-width="1.6"/>"#
        }
        Mark::Safe => {
            r#"<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M4.8 8.3l2.3 2.3 4.2-4.9" fill="none" stroke="currentColor" stroke-width="1.8"/>"#
        }
        Mark::Undecided => {
            r#"<circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M8 1a7 7 0 0 1 0 14z" fill="currentColor"/>"#
        }
        Mark::Quiet => r#"<circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.4"/>"#,
    }
}

/// Every mark as a `<symbol>`, to be used by `<use href="#m-safe">`.
#[must_use]
pub fn symbols() -> String {
    let all = [Mark::Blocker, Mark::Warning, Mark::Ask, Mark::Safe, Mark::Undecided, Mark::Quiet];
    let each: String = all.iter().map(|&m| format!(r#"<symbol id="{}" viewBox="0 0 16 16">{}</symbol>"#, mark_id(m), mark_path(m))).collect();
    format!(r#"<svg class="symbols" width="0" height="0" aria-hidden="true" focusable="false"><defs>{each}</defs></svg>"#)
}

/// Which side of a limit is good: the shaded part of an interval bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Nothing is shaded; the limit is a baseline, drawn dashed.
    None,
    /// Right of the limit.
    Above,
    /// Left of the limit.
    Below,
}

impl Zone {
    /// The zone a gate's comparison sign means.
    #[must_use]
    pub fn of_comparison(sign: &str) -> Self {
        match sign.trim() {
            "≥" | ">" | ">=" | "at least" => Self::Above,
            "≤" | "<" | "<=" | "at most" => Self::Below,
            _ => Self::None,
        }
    }
}

/// Where the parts of an interval bar stand, from 0 (left) to 1000 (right).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BarPlaces {
    /// Lower end of the interval.
    pub low: f64,
    /// Point estimate.
    pub estimate: f64,
    /// Upper end.
    pub high: f64,
    /// Limit or baseline.
    pub limit: Option<f64>,
}

/// Places of an interval bar; `None` when the estimate or the scale is not finite. What lies outside is held at the ends.
#[must_use]
pub fn bar_places(bar: &Interval) -> Option<BarPlaces> {
    if !bar.estimate.is_finite() || !bar.from.is_finite() || !bar.to.is_finite() || bar.to <= bar.from {
        return None;
    }
    let at = |x: f64| (((x - bar.from) / (bar.to - bar.from)).clamp(0.0, 1.0) * 10_000.0).round() / 10.0;
    let end = |x: Option<f64>| at(x.filter(|x| x.is_finite()).unwrap_or(bar.estimate));
    Some(BarPlaces { low: end(bar.low), estimate: at(bar.estimate), high: end(bar.high), limit: bar.limit.filter(|x| x.is_finite()).map(at) })
}

/// What an interval bar says, in words.
#[must_use]
pub fn bar_label(bar: &Interval) -> String {
    let mut label = number(bar.estimate);
    if let (Some(low), Some(high)) = (bar.low, bar.high) {
        label.push_str(&format!(", {}", interval(low, high)));
    }
    if let Some(limit) = bar.limit {
        label.push_str(&format!(", limit {}", number(limit)));
    }
    label
}

/// The interval bar as SVG: estimate, interval with end caps, limit, and the side of it that is good.
///
/// `class` colours estimate and interval: "g-c1" (own estimate), "g-c5" (baseline), "warning g-line" (undecided),
/// "blocker g-line" (fails).
#[must_use]
pub fn interval_bar(bar: &Interval, class: &str, zone: Zone) -> String {
    let Some(p) = bar_places(bar) else { return String::new() };
    let v = |x: f64| fixed_plain(x);
    let mut inside = String::new();
    if let Some(limit) = p.limit {
        let (from, width) = if zone == Zone::Above { (limit, 1000.0 - limit) } else { (0.0, limit) };
        if zone != Zone::None {
            inside.push_str(&format!(r#"<rect class="g-zone" x="{}" y="2" width="{}" height="16"/>"#, v(from), v(width)));
        }
    }
    inside.push_str(r#"<line class="g-hair" x1="0" x2="1000" y1="10" y2="10"/>"#);
    if let Some(limit) = p.limit {
        let (class, dash) = if zone == Zone::None { ("g-axis", r#" stroke-dasharray="3 2""#) } else { ("g-ink", "") };
        inside.push_str(&format!(r#"<line class="{class}" x1="{0}" x2="{0}" y1="-1" y2="21" stroke-width="1.5"{dash}/>"#, v(limit)));
    }
    let line = |x1: f64, x2: f64, y1: u32, y2: u32, width: &str, cap: &str| {
        format!(r#"<line x1="{}" x2="{}" y1="{y1}" y2="{y2}" stroke-width="{width}"{cap}/>"#, v(x1), v(x2))
    };
    let mut own = String::new();
    if bar.low.is_some() || bar.high.is_some() {
        own.push_str(&line(p.low, p.high, 10, 10, "3", ""));
        own.push_str(&line(p.low, p.low, 6, 14, "1.5", ""));
        own.push_str(&line(p.high, p.high, 6, 14, "1.5", ""));
    }
    own.push_str(&line(p.estimate, p.estimate, 10, 10, "9", r#" stroke-linecap="round""#));
    format!(
        r#"<svg class="bars" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{}">{inside}<g class="{class}">{own}</g></svg>"#,
        bar_label(bar)
    )
}

/// A score from 0 to 100 as a bar.
#[must_use]
pub fn score_bar(score: f64) -> String {
    let width = fixed_plain(score.clamp(0.0, 100.0) * 10.0);
    format!(
        r#"<svg class="bars score" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true"><rect class="g-cell" x="0" y="6" width="1000" height="8"/><rect class="g-score" x="0" y="6" width="{width}" height="8"/></svg>"#
    )
}

/// Numbers in attributes: a plain ASCII decimal.
fn fixed_plain(x: f64) -> String {
    let text = fixed(x, 1).replace(',', "").replace('\u{2212}', "-");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Name of an outcome.
#[must_use]
pub fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Go => "Go",
        Outcome::Caution => "Caution",
        Outcome::NoGo => "No-go",
    }
}

/// Mark of an outcome.
#[must_use]
pub fn outcome_mark(outcome: Outcome) -> Mark {
    match outcome {
        Outcome::Go => Mark::Safe,
        Outcome::Caution => Mark::Warning,
        Outcome::NoGo => Mark::Blocker,
    }
}

/// What an outcome means, in one sentence.
#[must_use]
pub fn outcome_meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Go => "Every gate passes.",
        Outcome::Caution => "No gate fails, but at least one is undecided.",
        Outcome::NoGo => "A gate fails, a blocker is open, or nothing was tested.",
    }
}

/// The load line: a ship's mark standing at go, caution or no-go. `counts` are gates that pass, are undecided, and fail.
#[must_use]
pub fn load_line(outcome: Outcome, counts: Option<(usize, usize, usize)>) -> String {
    let (pass, open, fail) = counts.unwrap_or_default();
    let rows = [(Outcome::Go, 26, pass, "pass"), (Outcome::Caution, 85, open, "undecided"), (Outcome::NoGo, 144, fail, "fail")];
    let mut inside = String::from(r#"<line class="g-axis" x1="44" x2="44" y1="12" y2="158"/>"#);
    let mut label = Vec::new();
    for (which, y, n, word) in rows {
        let here = which == outcome;
        let class = mark_class(outcome_mark(which));
        if here {
            inside.push_str(&format!(
                r#"<g class="{class}"><circle class="g-line" cx="22" cy="{y}" r="12.5" stroke-width="4"/><line class="g-line" x1="0" x2="60" y1="{y}" y2="{y}" stroke-width="4"/></g>"#
            ));
        } else {
            inside.push_str(&format!(r#"<line class="g-axis" x1="44" x2="60" y1="{y}" y2="{y}"/>"#));
        }
        let name = outcome_word(which);
        let text_class = if here { format!("t b {class}") } else { "t".to_owned() };
        inside.push_str(&format!(r#"<text x="68" y="{}" class="{text_class}">{name}</text>"#, y - 2));
        if counts.is_some() {
            inside.push_str(&format!(r#"<text x="68" y="{}">{n} {word}</text>"#, y + 12));
            label.push(format!("{name}: {n} {word}."));
        }
    }
    label.push(format!("The mark stands at {}.", outcome_word(outcome)));
    format!(r#"<svg class="load fig" viewBox="0 0 152 170" role="img" aria-label="{}">{inside}</svg>"#, label.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar() -> Interval {
        Interval { estimate: 0.49, low: Some(0.41), high: Some(0.57), from: 0.0, to: 1.0, limit: Some(0.4) }
    }

    #[test]
    fn an_interval_bar_says_and_draws_its_numbers() {
        let svg = interval_bar(&bar(), "g-c1", Zone::Above);
        assert!(svg.contains(r#"aria-label="0.49, 0.41 to 0.57, limit 0.40""#), "{svg}");
        assert!(svg.contains(r#"<rect class="g-zone" x="400" y="2" width="600""#), "{svg}");
        assert_eq!(bar_places(&bar()), Some(BarPlaces { low: 410.0, estimate: 490.0, high: 570.0, limit: Some(400.0) }));
    }

    #[test]
    fn what_is_not_computable_has_no_bar() {
        assert_eq!(interval_bar(&Interval { estimate: f64::NAN, ..bar() }, "g-c1", Zone::None), "");
        assert_eq!(interval_bar(&Interval { to: 0.0, ..bar() }, "g-c1", Zone::None), "");
        let outside = Interval { estimate: 7.0, low: Some(-9.0), high: Some(f64::INFINITY), ..bar() };
        assert!(!interval_bar(&outside, "g-c1", Zone::Below).contains("NaN"));
    }

    #[test]
    fn the_load_line_stands_where_the_verdict_is() {
        let svg = load_line(Outcome::Caution, Some((11, 2, 0)));
        assert!(svg.contains("Go: 11 pass. Caution: 2 undecided. No-go: 0 fail. The mark stands at Caution."), "{svg}");
        assert!(!load_line(Outcome::NoGo, None).contains("pass"));
    }

    #[test]
    fn every_mark_has_its_own_shape_and_symbol() {
        let all = symbols();
        for mark in [Mark::Blocker, Mark::Warning, Mark::Ask, Mark::Safe, Mark::Undecided, Mark::Quiet] {
            assert!(all.contains(mark_path(mark)) && all.contains(mark_id(mark)));
        }
    }
}
