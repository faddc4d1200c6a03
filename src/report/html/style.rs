//! The style sheet of a report: embedded, allowed by its hash, and the only thing the page may use.

use crate::report::escape::css;
use sha2::{Digest, Sha256};

const REPORT: &str = include_str!("../report.css");

/// The whole style sheet; `footer` is printed at the foot of every page.
pub fn sheet(footer: &str) -> String {
    let mut result = minified(REPORT);
    result.push_str(&minified(crate::chart::paint::STYLE));
    let font = "font:7.5pt \"Noto Sans\",\"Segoe UI\",Arial,sans-serif;color:#586469";
    result.push_str(&format!(
        "@page{{size:A4;margin:16mm 15mm 18mm;@bottom-left{{content:{};{font}}}@bottom-right{{content:counter(page) \" / \" counter(pages);{font}}}}}",
        css(footer)
    ));
    result
}

/// The content policy of a page whose only style is `sheet`: no script, no request, no frame, no form.
pub fn policy(sheet: &str) -> String {
    let hash = Sha256::digest(sheet.as_bytes());
    format!("default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'", base64(&hash))
}

/// Comments out, white space together.
fn minified(sheet: &str) -> String {
    let mut result = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        result.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, r)| r);
    }
    result.push_str(rest);
    let words: Vec<&str> = result.split_whitespace().collect();
    words
        .join(" ")
        .replace("; ", ";")
        .replace(" { ", "{")
        .replace("{ ", "{")
        .replace(" }", "}")
        .replace("} ", "}")
        .replace(": ", ":")
        .replace(";}", "}")
}

/// Standard base64 with padding (RFC 4648 section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut result = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |w, &b| w << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let letter = ALPHABET.get((word >> (18 - 6 * at) & 63) as usize).copied().unwrap_or(b'A');
            result.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_examples_of_the_rfc() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_hostile_footer_cannot_leave_its_string() {
        let sheet = sheet("</style><script>alert(1)</script>\"}body{display:none");
        assert!(!sheet.contains("</style") && !sheet.contains("<script") && !sheet.contains("body{display:none"));
    }

    #[test]
    fn the_sheet_loads_nothing() {
        let sheet = sheet("x");
        assert!(!sheet.contains("url(") && !sheet.contains("@import") && !sheet.contains("http"));
    }
}
