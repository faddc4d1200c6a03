//! Figures: a chart is a value with a title that says the finding, a caption that says the method, a description from
//! the numbers and a table twin. One drawing function, two backends: SVG in reports, canvas on screen.

pub mod figures;
pub mod graph;
pub mod paint;
pub mod window;

use serde::{Deserialize, Serialize};

/// A figure as a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Unique within a report ("roc").
    pub id: String,
    /// What it shows, as a finding ("Predicted probabilities are too high above 0.6").
    pub title: String,
    /// How it was made: method, n.
    pub caption: String,
    /// Described for who cannot see it, from the numbers.
    pub description: String,
    /// What is drawn.
    pub shape: Shape,
    /// Table twin: head and rows, formatted.
    pub table: (Vec<String>, Vec<Vec<String>>),
}

/// One series of points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name, written beside the line.
    pub name: String,
    /// (x, y), finite.
    pub points: Vec<(f64, f64)>,
    /// Interval (low, high) at each point, or empty.
    pub band: Vec<(f64, f64)>,
    /// Drawn quiet: a baseline or reference.
    pub quiet: bool,
}

/// A labelled value with its interval (low, high), if computable.
pub type Bar = (String, f64, Option<(f64, f64)>);

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Name with unit.
    pub title: String,
    /// First value shown.
    pub from: f64,
    /// Last value shown.
    pub to: f64,
}

/// What is drawn. A closed list; each has its drawing function in `paint/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Counts in bins: `edges` has one more entry than `counts`.
    Histogram {
        /// Horizontal axis.
        x: Axis,
        /// Bin edges, ascending.
        edges: Vec<f64>,
        /// Rows a bin.
        counts: Vec<f64>,
    },
    /// Horizontal bars, one a label, with optional interval.
    Bars {
        /// Horizontal axis.
        x: Axis,
        /// Label, value, interval.
        bars: Vec<Bar>,
    },
    /// Lines with optional bands (line with interval, ROC, precision-recall, calibration).
    Lines {
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The lines.
        series: Vec<Series>,
    },
    /// Points (residuals), with a horizontal reference line.
    Scatter {
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// (x, y), finite.
        points: Vec<(f64, f64)>,
        /// Reference line.
        level: Option<f64>,
    },
    /// A matrix of counts: true class by row, predicted by column.
    Matrix {
        /// Class labels.
        labels: Vec<String>,
        /// Counts row by row; `None` where a count is withheld.
        counts: Vec<Vec<Option<f64>>>,
    },
    /// Points with intervals, one a label (leaderboard).
    Intervals {
        /// Horizontal axis.
        x: Axis,
        /// Label, estimate, interval.
        rows: Vec<Bar>,
        /// Baseline drawn dashed.
        baseline: Option<f64>,
        /// So many rows at the start are baselines and drawn quiet.
        #[serde(default)]
        quiet: usize,
    },
}
