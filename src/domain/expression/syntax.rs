//! Expressions in Python, as far as they can be judged without running them.
//!
//! What is checked is what a tokenizer knows: every bracket and every string is closed. That finds the slips one makes
//! while typing; the rest shows when the expression runs.

use std::fmt;

/// Why an expression cannot be Python.
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxError {
    message: String,
    line: usize,
}

impl fmt::Display for SyntaxError {
    /// As Python words it. Expressions are the body of a function, so that their first line is the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (None, line {})", self.message, self.line + 1)
    }
}

/// What is open at a place in the text.
enum Open {
    Bracket(char, usize),
    Text {
        quote: char,
        triple: bool,
        formatted: bool,
        line: usize,
    },
    /// `{…}` in a formatted string; `true` behind its colon, where text follows.
    Field(bool, usize),
}

/// Checks that brackets and strings are closed.
///
/// # Errors
/// The first one that is not.
pub fn check(source: &str) -> Result<(), SyntaxError> {
    let text: Vec<char> = source.chars().collect();
    let mut open: Vec<Open> = vec![];
    let (mut i, mut line) = (0, 1);
    while let Some(&c) = text.get(i) {
        if c == '\n' {
            line += 1;
        }
        i += match open.last_mut() {
            Some(Open::Text { quote, triple, formatted, line: begun }) => {
                let width = if *triple { 3 } else { 1 };
                let next = text.get(i + 1);
                if c == '\\' {
                    line += usize::from(next == Some(&'\n'));
                    2
                } else if c == '\n' && !*triple {
                    return Err(unterminated(false, *begun, *begun));
                } else if c == *quote && text[i..].iter().take(width).filter(|q| *q == quote).count() == width {
                    open.pop();
                    width
                } else if c == '{' && *formatted && next == Some(&'{') {
                    2
                } else {
                    if c == '{' && *formatted {
                        open.push(Open::Field(false, line));
                    }
                    1
                }
            }
            Some(Open::Field(true, _)) if !matches!(c, '{' | '}') => 1,
            Some(Open::Field(spec, _)) if c == ':' => {
                *spec = true;
                1
            }
            Some(Open::Field(true, _)) if c == '{' => {
                open.push(Open::Field(false, line));
                1
            }
            top => match c {
                '#' => text[i..].iter().take_while(|c| **c != '\n').count(),
                '\'' | '"' => {
                    let triple = text[i..].iter().take(3).filter(|q| **q == c).count() == 3;
                    open.push(Open::Text { quote: c, triple, formatted: formatted(&text[..i]), line });
                    if triple { 3 } else { 1 }
                }
                '(' | '[' | '{' => {
                    open.push(Open::Bracket(c, line));
                    1
                }
                ')' | ']' | '}' => {
                    close(c, line, top.as_deref())?;
                    open.pop();
                    1
                }
                _ => 1,
            },
        };
    }
    match open.last() {
        None => Ok(()),
        Some(Open::Bracket(bracket, line)) => {
            Err(SyntaxError { message: format!("'{bracket}' was never closed"), line: *line })
        }
        Some(Open::Text { triple, line: begun, .. }) => Err(unterminated(*triple, *begun, line)),
        Some(Open::Field(_, line)) => Err(SyntaxError { message: "f-string: expecting '}'".to_owned(), line: *line }),
    }
}

/// Whether a closing bracket closes what is open.
fn close(bracket: char, line: usize, open: Option<&Open>) -> Result<(), SyntaxError> {
    let message = match open {
        Some(Open::Bracket('(', _)) if bracket == ')' => return Ok(()),
        Some(Open::Bracket('[', _)) if bracket == ']' => return Ok(()),
        Some(Open::Bracket('{', _) | Open::Field(..)) if bracket == '}' => return Ok(()),
        Some(Open::Bracket(other, begun)) => {
            let place = if *begun == line { String::new() } else { format!(" on line {}", begun + 1) };
            format!("closing parenthesis '{bracket}' does not match opening parenthesis '{other}'{place}")
        }
        Some(Open::Field(..)) => format!("f-string: unmatched '{bracket}'"),
        _ => format!("unmatched '{bracket}'"),
    };
    Err(SyntaxError { message, line })
}

fn unterminated(triple: bool, begun: usize, end: usize) -> SyntaxError {
    let kind = if triple { "triple-quoted string" } else { "string" };
    SyntaxError { message: format!("unterminated {kind} literal (detected at line {})", end + 1), line: begun }
}

/// Whether the letters before a quote make the string a formatted one: `f`, `rf` and so on.
fn formatted(before: &[char]) -> bool {
    let prefix: String = before.iter().rev().take_while(|c| c.is_alphanumeric() || **c == '_').take(3).collect();
    matches!(prefix.to_ascii_lowercase().as_str(), "f" | "fr" | "rf")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> Option<String> {
        check(source).err().map(|e| e.to_string())
    }

    #[test]
    fn open_brackets_and_strings_are_found_where_python_finds_them() {
        let found = |source| error(source).unwrap_or_default();
        assert_eq!(found("return ("), "'(' was never closed (None, line 2)");
        assert_eq!(found("x = 1\nreturn {'a': [1}"), {
            "closing parenthesis '}' does not match opening parenthesis '[' (None, line 3)"
        });
        assert_eq!(found("return (1\n]"), {
            "closing parenthesis ']' does not match opening parenthesis '(' on line 2 (None, line 3)"
        });
        assert_eq!(found("return 1)"), "unmatched ')' (None, line 2)");
        assert_eq!(found("return 'a"), "unterminated string literal (detected at line 2) (None, line 2)");
        assert_eq!(found("return 'a\nb'"), "unterminated string literal (detected at line 2) (None, line 2)");
        assert_eq!(found("'''a\nb"), "unterminated triple-quoted string literal (detected at line 3) (None, line 2)");
        assert_eq!(found("f'{a'"), "unterminated string literal (detected at line 2) (None, line 2)");
    }

    #[test]
    fn what_python_takes_is_taken() {
        for source in [
            "",
            "# it's a comment (\nreturn {}",
            "return \"it's\" + '\\'' + 'a\\\nb'",
            "return '''a \" ' '' b'''",
            "return f'{{ {a[\"x\"]} {b:%H:%M} {c:'>{width}} }}'",
            "return f\"{x[\"y\"]}\" + rf'{(a, b)}\\d'",
            "return {'a': [1, (2, 3)]} # )",
            "'' \"\" ''''''",
        ] {
            assert_eq!(error(source), None, "{source}");
        }
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        assert!(check(&"(".repeat(1_000_000)).is_err());
        assert!(check(&"f'{f\"{".repeat(200_000)).is_err());
    }
}
