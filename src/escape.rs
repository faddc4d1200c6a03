//! Text from a file made safe to stand in another language: Markdown, YAML, CSS. HTML is escaped by its templates.
//!
//! Column names, labels and file names are written by strangers. Whatever they hold stays text, on one line, and cannot
//! reorder the words around it.

/// Control characters and marks that turn the direction of text are shown by their code; line ends become spaces.
#[must_use]
pub fn visible(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut result, c| {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => result.push(' '),
            c if is_hidden(c) => result.push_str(&format!("‹U+{:04X}›", u32::from(c))),
            c => result.push(c),
        }
        result
    })
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{E0000}'..='\u{E007F}')
}

/// Running text in Markdown: every character with a meaning is escaped, HTML included.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut result = String::with_capacity(text.len() + 8);
    let mut digits_only = true;
    for (at, c) in text.chars().enumerate() {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                result.push('\\');
                result.push(c);
            }
            '#' | '+' | '-' | '=' | '!' if at == 0 => {
                result.push('\\');
                result.push(c);
            }
            '.' | ')' if digits_only && at > 0 => {
                result.push('\\');
                result.push(c);
            }
            ':' if result.ends_with("http") || result.ends_with("https") || result.ends_with("ftp") => result.push_str("&#58;"),
            '@' => result.push_str("&#64;"),
            c => result.push(c),
        }
        digits_only = digits_only && c.is_ascii_digit();
    }
    result.replace("www.", "www&#46;")
}

/// A literal in Markdown: a code span whose fence is longer than any run of backticks inside. Pipes are escaped for tables.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let text = visible(text).replace('|', "\\|");
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.starts_with(' ') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A double-quoted YAML string: only letters, digits and printable ASCII stand for themselves.
#[must_use]
pub fn yaml(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for c in text.chars() {
        match c {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\t' => result.push_str("\\t"),
            ' '..='~' => result.push(c),
            c if c.is_alphanumeric() => result.push(c),
            c if u32::from(c) <= 0xFFFF => result.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => result.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    result.push('"');
    result
}

/// A CSS string: everything but ASCII letters, digits and spaces is written by its code.
#[must_use]
pub fn css(text: &str) -> String {
    let inside: String = visible(text)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == ' ' { c.to_string() } else { format!("\\{:06x}", u32::from(c)) })
        .collect();
    format!("\"{inside}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_turn_text_around_are_shown() {
        assert_eq!(visible("a\u{202E}b\nc"), "a‹U+202E›b c");
        assert_eq!(visible("Größe 100 %"), "Größe 100 %");
    }

    #[test]
    fn markdown_shows_what_was_written() {
        assert_eq!(markdown("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
        assert_eq!(markdown("a|b*c_d`e"), "a\\|b\\*c\\_d\\`e");
        assert_eq!(markdown("# head"), "\\# head");
        assert_eq!(markdown("1. one"), "1\\. one");
        assert_eq!(markdown("[x](http://y)"), "\\[x\\](http&#58;//y)");
    }

    #[test]
    fn a_code_span_outlasts_its_backticks() {
        assert_eq!(markdown_code("a"), "`a`");
        assert_eq!(markdown_code("a``b"), "```a``b```");
        assert_eq!(markdown_code("`x|y"), "`` `x\\|y ``");
        assert_eq!(markdown_code(""), "` `");
    }

    #[test]
    fn yaml_and_css_strings_cannot_be_left() {
        assert_eq!(yaml("a\": b\n- c\u{202E}"), "\"a\\\": b\\n- c\\u202E\"");
        assert_eq!(yaml("Umsatz ü"), "\"Umsatz ü\"");
        assert_eq!(css("a\"</style>"), "\"a\\000022\\00003c\\00002fstyle\\00003e\"");
    }
}
