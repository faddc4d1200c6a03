//! Where rows and columns stand. Browsers cap the height of an element, so a very long table scrolls on a shorter track:
//! the track's ends are the table's ends, and rows keep their height.

/// Height of a row in pixels.
pub(super) const ROW: f64 = 28.0;
/// Width of a column in pixels.
pub(super) const COLUMN: f64 = 192.0;
/// Width of the row numbers in pixels.
pub(super) const NUMBERS: f64 = 88.0;
/// Height of the head in pixels.
pub(super) const HEAD: f64 = 118.0;
/// Longest track in pixels; Firefox stops near 17.8 million, Chromium near 33.
const TRACK: f64 = 8_000_000.0;
/// Rows and columns drawn beyond what is seen, on each side.
const BEYOND: f64 = 3.0;

/// The table's size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Geometry {
    pub n_rows: u32,
    pub n_columns: u32,
}

/// What can be seen: scroll position and size of the window, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Seen {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the table's size before the cast")]
fn whole(x: f64, most: u32) -> u32 {
    x.clamp(0.0, f64::from(most)) as u32
}

impl Geometry {
    /// Width of the whole grid.
    pub(super) fn width(self) -> f64 {
        NUMBERS + f64::from(self.n_columns) * COLUMN
    }

    fn full_height(self) -> f64 {
        f64::from(self.n_rows) * ROW
    }

    /// Height of the track the rows scroll on.
    pub(super) fn track(self) -> f64 {
        self.full_height().min(TRACK)
    }

    fn window(seen: Seen) -> f64 {
        (seen.height - HEAD).max(ROW)
    }

    /// Table pixels a track pixel stands for.
    fn stretch(self, seen: Seen) -> f64 {
        let window = Self::window(seen);
        if self.full_height() <= TRACK { 1.0 } else { (self.full_height() - window) / (TRACK - window) }
    }

    /// The first row seen, with its fraction.
    fn first(self, seen: Seen) -> f64 {
        seen.top * self.stretch(seen) / ROW
    }

    /// Distance of a row from the top of the track.
    pub(super) fn top_of(self, seen: Seen, row: u32) -> f64 {
        if self.full_height() <= TRACK { f64::from(row) * ROW } else { seen.top + (f64::from(row) - self.first(seen)) * ROW }
    }

    /// Whether rows must be placed anew with every scroll.
    pub(super) fn is_stretched(self) -> bool {
        self.full_height() > TRACK
    }

    /// Rows to draw: those seen, a few beyond, and `active` (so that the focus is never lost).
    pub(super) fn rows(self, seen: Seen, active: i64) -> Vec<u32> {
        let first = self.first(seen);
        let from = whole(first - BEYOND, self.n_rows);
        let to = whole((first + Self::window(seen) / ROW + BEYOND).ceil(), self.n_rows);
        with(from..to, u32::try_from(active).ok().filter(|&row| row < self.n_rows))
    }

    /// Columns to draw: those seen, a few beyond, and `active`.
    pub(super) fn columns(self, seen: Seen, active: u32) -> Vec<u32> {
        let first = seen.left / COLUMN;
        let from = whole(first - 1.0, self.n_columns);
        let to = whole((first + seen.width / COLUMN + 1.0).ceil(), self.n_columns);
        with(from..to, Some(active).filter(|&column| column < self.n_columns))
    }

    /// Rows a page key moves by.
    pub(super) fn page(self, seen: Seen) -> i64 {
        i64::from(whole(Self::window(seen) / ROW - 1.0, self.n_rows.max(1))).max(1)
    }

    /// Scroll position (left, top) nearest to the present one at which the cell is seen whole.
    pub(super) fn scroll_to(self, seen: Seen, row: i64, column: u32) -> (f64, f64) {
        let left = f64::from(column) * COLUMN;
        let room = (seen.width - NUMBERS).max(COLUMN);
        let left = seen.left.min(left).max(left + COLUMN - room).max(0.0);
        let Ok(row) = u32::try_from(row) else { return (left, seen.top) };
        let rows = Self::window(seen) / ROW;
        let first = self.first(seen);
        let wanted = first.min(f64::from(row)).max(f64::from(row) + 1.0 - rows).max(0.0);
        let top = if (wanted - first).abs() < 1e-9 { seen.top } else { wanted * ROW / self.stretch(seen) };
        (left, top)
    }
}

fn with(range: std::ops::Range<u32>, extra: Option<u32>) -> Vec<u32> {
    let inside = extra.is_none_or(|at| range.contains(&at));
    let mut all: Vec<u32> = range.collect();
    if !inside {
        all.extend(extra);
        all.sort_unstable();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Seen = Seen { left: 0.0, top: 0.0, width: 1000.0, height: HEAD + 280.0 };

    #[test]
    fn the_ends_of_a_stretched_track_are_the_ends_of_the_table() {
        let table = Geometry { n_rows: 1_000_000, n_columns: 50 };
        assert_eq!(table.rows(WINDOW, 0).first(), Some(&0));
        let bottom = Seen { top: table.track() - 280.0, ..WINDOW };
        assert_eq!(table.rows(bottom, 999_999).last(), Some(&999_999));
        assert!((table.top_of(bottom, 999_999) + ROW - table.track()).abs() < 1e-3);
    }

    #[test]
    fn a_cell_that_is_seen_does_not_move_the_window() {
        let table = Geometry { n_rows: 100, n_columns: 3 };
        assert_eq!(table.scroll_to(WINDOW, 4, 1), (0.0, 0.0));
        assert_eq!(table.scroll_to(WINDOW, 10, 1), (0.0, 28.0));
    }

    #[test]
    fn the_active_row_is_always_drawn() {
        let table = Geometry { n_rows: 1_000_000, n_columns: 50 };
        assert!(table.rows(WINDOW, 777_777).contains(&777_777));
        assert!(table.rows(WINDOW, 777_777).len() < 30);
    }
}
