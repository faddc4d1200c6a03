//! Tables back to CSV: UTF-8, commas, line feeds, quotes where needed.
//!
//! Spreadsheets run cells that begin with certain signs as formulas. Guarded export puts an apostrophe before text cells that begin with
//! `= + - @`, a tab or a carriage return (OWASP, "CSV injection"); numbers are never touched. Raw export is for machines.

use super::number::{self, Reading};
use super::{Column, Table};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Whether cells that a spreadsheet would run are defused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// Text cells that begin like a formula get a leading apostrophe.
    #[default]
    Guarded,
    /// Every cell as it was.
    Raw,
}

/// First signs of cells that spreadsheets run.
const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table as CSV with a header: the text of every cell, guarded or raw.
///
/// Read again with comma, double quote, UTF-8 and a header, raw export gives the same table.
#[must_use]
pub fn to_csv(table: &Table, safety: Safety) -> Vec<u8> {
    write(table, &[], safety)
}

/// Original columns and one more for each of `added` (name and one formatted value a row): `prediction`, `proba_<class>`, interval ends.
///
/// A name that is taken gets a number.
///
/// # Errors
/// An added column of another length than the table.
pub fn predictions_csv(table: &Table, added: &[(String, Vec<String>)], safety: Safety) -> Result<Vec<u8>> {
    if let Some((name, _)) = added.iter().find(|(_, cells)| cells.len() != table.n_rows()) {
        return Err(Error::internal("predictions of another number of rows").named(name));
    }
    Ok(write(table, added, safety))
}

fn write(table: &Table, added: &[(String, Vec<String>)], safety: Safety) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut names: Vec<String> = table.names().into_iter().map(str::to_owned).collect();
    for (name, _) in added {
        let mut fresh = name.clone();
        let mut number = 1_u64;
        while names.contains(&fresh) {
            number += 1;
            fresh = format!("{name}_{number}");
        }
        names.push(fresh);
    }
    names.iter().for_each(|name| write_cell(&mut writer, name, false, safety));
    let end = |writer: &mut csv::Writer<Vec<u8>>| {
        let _ = writer.write_record(None::<&[u8]>);
    };
    end(&mut writer);
    for row in 0..table.n_rows() {
        for column in table.columns() {
            write_cell(&mut writer, &column.text(row), is_number(column, row), safety);
        }
        for (_, cells) in added {
            let cell = cells.get(row).map_or("", String::as_str);
            write_cell(&mut writer, cell, number::read(cell.as_bytes(), b'.') != Reading::No, safety);
        }
        end(&mut writer);
    }
    writer.into_inner().unwrap_or_default()
}

fn write_cell(writer: &mut csv::Writer<Vec<u8>>, cell: &str, is_number: bool, safety: Safety) {
    // writing to memory cannot fail
    let _ = if !is_number && safety == Safety::Guarded && cell.starts_with(FORMULA_SIGNS) {
        writer.write_field(format!("'{cell}"))
    } else {
        writer.write_field(cell)
    };
}

fn is_number(column: &Column, row: usize) -> bool {
    column.numbers().and_then(|v| v.get(row)).is_some_and(|v| !v.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, Kind, read};

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        let text = Column::labels("=note", Kind::Text, &[Some("=1+1"), Some("@x"), Some("fine"), None]);
        let number = Column::numeric("n", vec![-1.5, 2.0, f64::NAN, -3.0], 1);
        let table = Table::new(vec![text, number]).unwrap();
        assert_eq!(String::from_utf8(to_csv(&table, Safety::Guarded)).unwrap(), "'=note,n\n'=1+1,-1.5\n'@x,2.0\nfine,\n,-3.0\n");
        assert_eq!(String::from_utf8(to_csv(&table, Safety::Raw)).unwrap(), "=note,n\n=1+1,-1.5\n@x,2.0\nfine,\n,-3.0\n");
    }

    #[test]
    fn predictions_stand_beside_the_original_columns() {
        let table = read(b"id,prediction\na,1\nb,2\n", &CsvOptions::default()).unwrap().table;
        let added =
            [("prediction".to_owned(), vec!["yes".to_owned(), "-x".to_owned()]), ("proba_yes".to_owned(), vec!["0.9".to_owned(), "-0.1".to_owned()])];
        let csv = String::from_utf8(predictions_csv(&table, &added, Safety::Guarded).unwrap()).unwrap();
        assert_eq!(csv, "id,prediction,prediction_2,proba_yes\na,1,yes,0.9\nb,2,'-x,-0.1\n");
        assert!(predictions_csv(&table, &[("p".to_owned(), Vec::new())], Safety::Raw).is_err());
    }
}
