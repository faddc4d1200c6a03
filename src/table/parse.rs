//! parse
use serde::{Deserialize, Serialize};
/// How a file is read; `None` is detected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CsvOptions {
    /// Field delimiter.
    pub delimiter: Option<char>,
    /// Quote character; `Some('\0')`: read quotes literally.
    pub quote: Option<char>,
    /// Encoding label ("utf-8", "windows-1252").
    pub encoding: Option<String>,
    /// Whether the first record names the columns.
    pub header: Option<bool>,
    /// Decimal sign.
    pub decimal: Option<char>,
    /// Spellings of a missing cell besides the empty one, compared without surrounding spaces, with case.
    pub nulls: Vec<String>,
}
impl Default for CsvOptions {
    fn default() -> Self {
        let nulls = ["NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "none", "?", "-", "#N/A"];
        Self { delimiter: None, quote: None, encoding: None, header: None, decimal: None, nulls: nulls.map(str::to_owned).to_vec() }
    }
}
