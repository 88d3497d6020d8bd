//! What stands in a line: emphasis, code, tags, and words with the escapes they need.

/// A piece of text.
#[derive(Debug, PartialEq, Eq)]
enum Span<'a> {
    /// Words and white space.
    Text(&'a str),
    /// Code, tags, links: kept as they are.
    Raw(String),
    /// `*…*` or `_…_`.
    Emphasis(&'a str),
    /// `**…**` or `__…__`.
    Strong(&'a str),
}

/// Formats the text of a paragraph or heading; lines stay lines.
pub(super) fn format(text: &str) -> String {
    let mut out = String::new();
    spans(text, false, &mut out);
    out
}

fn spans(text: &str, in_emphasis: bool, out: &mut String) {
    let spans = split(text);
    for (index, span) in spans.iter().enumerate() {
        match span {
            Span::Text(text) => words(text, out),
            Span::Raw(raw) => out.push_str(raw),
            Span::Strong(inner) => {
                out.push_str("**");
                self::spans(inner, in_emphasis, out);
                out.push_str("**");
            }
            Span::Emphasis(inner) => {
                // `1*2*3`: underscores within a word mean nothing.
                let word = |c: char| !c.is_whitespace() && !is_punctuation(c);
                let before = index > 0 && matches!(spans[index - 1], Span::Text(text) if text.ends_with(word));
                let after = matches!(spans.get(index + 1), Some(Span::Text(text)) if text.starts_with(word));
                let mark = if before || after || in_emphasis { '*' } else { '_' };
                out.push(mark);
                self::spans(inner, true, out);
                out.push(mark);
            }
        }
    }
}

/// Splits a text into its spans.
fn split(text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let found = match first {
            '\\' => {
                // An escaped character is a part of its word, backslash included.
                at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                continue;
            }
            '`' => code(rest),
            '<' => tag(rest),
            '[' => link(rest),
            '*' | '_' => strong(rest, first).or_else(|| emphasis(rest, first)),
            _ => None,
        };
        match found {
            Some((span, length)) => {
                if start < at {
                    spans.push(Span::Text(&text[start..at]));
                }
                spans.push(span);
                at += length;
                start = at;
            }
            // A run of backticks that opens no code is text as a whole.
            None if first == '`' => at += rest.len() - rest.trim_start_matches('`').len(),
            None => at += first.len_utf8(),
        }
    }
    if start < text.len() {
        spans.push(Span::Text(&text[start..]));
    }
    spans
}

fn code(rest: &str) -> Option<(Span<'_>, usize)> {
    let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
    let mut at = ticks;
    loop {
        at += rest[at..].find('`')?;
        let run = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        at += run;
        if run == ticks {
            let lines: Vec<&str> = rest[..at].split('\n').map(str::trim_start).collect();
            return Some((Span::Raw(lines.join(" ")), at));
        }
    }
}

/// `<tag attribute="…">`, `</tag>`, `<https://…>`.
fn tag(rest: &str) -> Option<(Span<'_>, usize)> {
    let length = rest.find('>')? + 1;
    let inner = &rest[1..length - 1];
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let tag = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !inner.contains('<');
    (tag || inner.starts_with('!')).then(|| (Span::Raw(rest[..length].to_owned()), length))
}

/// `[text](address)`.
fn link(rest: &str) -> Option<(Span<'_>, usize)> {
    let middle = rest.find("](")?;
    let end = middle + rest[middle..].find(')')? + 1;
    let whole = &rest[..end];
    (!whole.contains('\n') && !whole[1..middle].contains('[')).then(|| (Span::Raw(whole.to_owned()), end))
}

fn strong(rest: &str, mark: char) -> Option<(Span<'_>, usize)> {
    let double = if mark == '*' { "**" } else { "__" };
    let inner = rest.strip_prefix(double)?;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        if !escaped && inner[at..].starts_with(double) {
            return (!inner[..at].trim().is_empty()).then(|| (Span::Strong(&inner[..at]), at + 4));
        }
        escaped = !escaped && c == '\\';
    }
    None
}

/// Emphasis as remark 7 sees it: white space inside the marks does not matter, only that underscores do not close
/// within a word.
fn emphasis(rest: &str, mark: char) -> Option<(Span<'_>, usize)> {
    let inner = &rest[1..];
    let mut chars = inner.char_indices().peekable();
    let mut before = '\0';
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
            before = '\\';
            continue;
        }
        if c == mark {
            let next = chars.peek().map(|(_, next)| *next);
            if next == Some(mark) {
                chars.next();
                before = mark;
                continue;
            }
            if inner[..at].trim().is_empty() || before == mark {
                return None;
            }
            if mark == '*' || !next.is_some_and(|next| next.is_alphanumeric() || next == '_') {
                return Some((Span::Emphasis(&inner[..at]), at + 2));
            }
        }
        before = c;
    }
    None
}

/// Words, with single blanks between them and lines where they were, unless the word could be taken for the beginning
/// of a block when it starts a line.
fn words(text: &str, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let word_start = rest.find(|c: char| !matches!(c, ' ' | '\t' | '\n')).unwrap_or(rest.len());
        let blank = &rest[..word_start];
        rest = &rest[word_start..];
        let word_end = rest.find([' ', '\t', '\n']).unwrap_or(rest.len());
        let word = &rest[..word_end];
        rest = &rest[word_end..];
        if !blank.is_empty() {
            let hard = blank.split_once('\n').is_some_and(|(before, _)| before.len() >= 2);
            let line = blank.contains('\n') && !starts_block(word);
            let indented = blank.ends_with([' ', '\t']);
            out.push_str(if hard && indented {
                "  \n "
            } else if hard {
                "  \n"
            } else if line {
                "\n"
            } else {
                " "
            });
        }
        escape(word, out);
    }
}

fn starts_block(word: &str) -> bool {
    let numbered =
        word.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    word.starts_with('>')
        || matches!(word, "*" | "+" | "-")
        || (!word.is_empty() && word.len() <= 6 && word.bytes().all(|byte| byte == b'#'))
        || numbered
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '¡' | '§' | '«' | '¶' | '·' | '»' | '¿')
}

/// Asterisks that mean themselves, and underscores except within a word.
fn escape(word: &str, out: &mut String) {
    let chars: Vec<char> = word.chars().collect();
    let underscores = |from: usize| chars[from.min(chars.len())..].iter().take_while(|c| **c == '_').count();
    let mut at = 0;
    while at < chars.len() {
        // What is escaped already stays so.
        if chars[at] == '\\' && matches!(chars.get(at + 1), Some('*' | '_')) {
            out.extend(['\\', chars[at + 1]]);
            at += 2;
            continue;
        }
        let run = underscores(at);
        let after_mark = is_punctuation(chars[at]) && underscores(at + 1) > 0;
        let end = if at == 0 && run > 0 {
            run
        } else if after_mark {
            at + 1 + underscores(at + 1)
        } else if run > 0 && chars.get(at + run).is_none_or(|next| is_punctuation(*next)) {
            // The mark behind may be the last underscore itself.
            (at + run + 1).min(chars.len())
        } else if run > 1 {
            at + run
        } else {
            at
        };
        if end == at {
            push(chars[at], false, out);
            at += 1;
        } else {
            for c in &chars[at..end] {
                push(*c, true, out);
            }
            at = end;
        }
    }
}

fn push(c: char, underscore: bool, out: &mut String) {
    if c == '*' || (underscore && c == '_') {
        out.push('\\');
    }
    out.push(c);
}
