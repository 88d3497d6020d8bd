//! What is refused before an expression runs, because the interpreter would give a wrong value in silence.
//!
//! It takes every object for true, so the set of groups that `filter()` gives must be asked further (`.exists()`), and it
//! misreads numbered groups in the replacement of `re.sub`, for which there is `regex_replace`.

/// Refuses what would go wrong.
pub(super) fn check(source: &str) -> Result<(), String> {
    let code = code(source);
    for (at, name) in words(&code) {
        let attribute = code[..at].trim_end().ends_with('.');
        let behind = code[at + name.len()..].trim_start();
        match name {
            "filter" | "exclude" if attribute && !asked_further(behind) => {
                return Err(format!(
                    "NotImplementedError: the result of {name}() can only be asked further: .exists(), .first(), \
                     .count(), or .all() for a list"
                ));
            }
            "sub" | "subn" if attribute || imported(&code[..at]) => {
                return Err(format!("NotImplementedError: re.{name}() is not supported, use regex_replace()"));
            }
            "re" if code[..at].trim_end().ends_with("from") => {
                return Err("NotImplementedError: use \"import re\"".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a call follows, and an attribute of what it gives.
fn asked_further(behind: &str) -> bool {
    let mut depth = 0_usize;
    for (at, c) in behind.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                // A backslash joins lines.
                Some(0) => return behind[at + 1..].trim_start_matches([' ', '\t', '\r', '\n', '\\']).starts_with('.'),
                Some(less) => depth = less,
                None => return false,
            },
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

fn imported(before: &str) -> bool {
    before.lines().next_back().is_some_and(|line| line.trim_start().starts_with("from "))
}

/// The names in a text and where they begin.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + code.get(rest..)?.find(part)?;
        let length = code[start..].find(|c| !part(c)).unwrap_or(code.len() - start);
        rest = start + length;
        Some((start, &code[start..rest]))
    })
}

/// The source without comments and without what is in strings; formatted strings hold code and stay.
fn code(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let (mut code, mut i) = (String::new(), 0);
    while let Some(&c) = text.get(i) {
        match c {
            '#' => i += text[i..].iter().take_while(|c| **c != '\n').count(),
            '\'' | '"' => {
                let triple = text[i..].iter().take(3).filter(|q| **q == c).count() == 3;
                let width = if triple { 3 } else { 1 };
                let prefix: String = code.chars().rev().take_while(|c| c.is_alphanumeric()).collect();
                let formatted = prefix.chars().count() <= 2 && prefix.to_lowercase().contains('f');
                let start = i + width;
                i = start;
                while let Some(&inside) = text.get(i) {
                    if inside == '\\' {
                        i += 1;
                    } else if text[i..].iter().take(width).filter(|q| **q == c).count() == width {
                        break;
                    }
                    i += 1;
                }
                let inside = text.get(start..i.min(text.len())).unwrap_or_default();
                code.push('"');
                if formatted {
                    code.extend(inside);
                }
                code.push('"');
                i += width;
            }
            c => {
                code.push(c);
                i += 1;
            }
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_must_be_asked_further() {
        for good in [
            "return user.ak_groups.filter(name='a').exists()",
            "return user.ak_groups.filter(name=f(')', x)) \\\n.first()",
            "return [g for g in user.ak_groups.exclude(name='a').all()]",
            "return ldap.get('.filter(')  # .filter(x)",
            "filter(None, [1])",
            "return 'it\\'s .filter(' + \"\"\" .sub( \"\"\"",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "if user.ak_groups.filter(name='a'):\n  return 1",
            "f = user.ak_groups.filter",
            "return f\"{user.ak_groups.filter(name='a')}\"",
            "return user.ak_groups . exclude (name='a') or 1",
            "return user.ak_groups.filter(",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn replacing_has_its_own_function() {
        for bad in ["re.sub('a', 'b', x)", "from re import sub", "from re import match", "r.compile('a').subn('b', c)"]
        {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert_eq!(check("import re\nreturn re.match('sub', sub)"), Ok(()));
    }
}
