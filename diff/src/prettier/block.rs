//! Blocks: headings, paragraphs, lists and what else stands on lines of its own.

use super::list;

/// A block of Markdown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// `## text`.
    Heading(usize, String),
    /// `---`.
    Rule,
    /// Text, its lines as written.
    Paragraph(String),
    /// `> …`.
    Quote(Vec<Self>),
    /// A list.
    List(List),
    /// Lines to keep: code with a fence.
    Fenced {
        /// What follows the opening fence.
        info: String,
        /// The code.
        code: String,
    },
    /// Code by indentation, which is removed here.
    Indented(String),
    /// A block of HTML.
    Html(String),
}

/// A list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List {
    /// For numbered lists.
    pub(super) numbers: Option<Numbers>,
    pub(super) items: Vec<Item>,
}

/// How a list counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) first: u64,
    /// The number of the second item, which may be missing.
    pub(super) second: Option<u64>,
    /// Whether more than one blank follows the number.
    pub(super) aligned: bool,
}

/// An item of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) blocks: Vec<Block>,
    /// Whether blank lines separate its blocks and follow it.
    pub(super) loose: bool,
}

/// Reads blocks.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if is_blank(lines[at]) {
            at += 1;
            continue;
        }
        let (block, used) = next(&lines[at..]);
        blocks.push(block);
        at += used;
    }
    blocks
}

/// The block that starts with the first line, which is not blank, and the number of lines it takes.
fn next(lines: &[&str]) -> (Block, usize) {
    let first = lines[0];
    if indent(first) >= 4 {
        return indented_code(lines);
    }
    if let Some(block) = fenced_code(lines) {
        return block;
    }
    if is_quote(first) {
        return quote(lines);
    }
    if let Some(heading) = heading(first) {
        return (heading, 1);
    }
    if is_rule(first) {
        return (Block::Rule, 1);
    }
    if let Some((list, used)) = list::parse(lines) {
        return (Block::List(list), used);
    }
    if starts_html(first) {
        let used = lines.iter().position(|line| is_blank(line)).unwrap_or(lines.len());
        return (Block::Html(lines[..used].join("\n").trim_end().to_owned()), used);
    }
    paragraph(lines)
}

pub(super) fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// The columns of white space that a line starts with.
pub(super) fn indent(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

fn is_quote(line: &str) -> bool {
    indent(line) < 4 && line.trim_start().starts_with('>')
}

/// Three or more of one mark and nothing else.
pub(super) fn is_rule(line: &str) -> bool {
    let marks: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    indent(line) < 4
        && marks.len() >= 3
        && matches!(marks[0], '*' | '-' | '_')
        && marks.iter().all(|mark| *mark == marks[0])
}

fn heading(line: &str) -> Option<Block> {
    let text = line.trim_start();
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let rest = text.get(level..)?;
    if indent(line) >= 4 || !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let rest = rest.trim();
    let bare = rest.trim_end_matches('#');
    let closed = bare.is_empty() || bare.ends_with([' ', '\t']);
    Some(Block::Heading(level, if closed { bare.trim_end() } else { rest }.to_owned()))
}

fn indented_code(lines: &[&str]) -> (Block, usize) {
    let mut used = 0;
    let mut code = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if is_blank(line) {
            code.push("");
        } else if indent(line) >= 4 {
            code.push(
                line.strip_prefix("    ").or_else(|| line.strip_prefix('\t')).unwrap_or_else(|| line.trim_start()),
            );
            used = index + 1;
        } else {
            break;
        }
    }
    (Block::Indented(code[..used].join("\n")), used)
}

fn fence(line: &str) -> Option<(char, usize, &str)> {
    let text = line.trim_start();
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == mark).count();
    let info = text.get(length..)?.trim();
    (indent(line) < 4 && length >= 3 && !info.contains('`')).then_some((mark, length, info))
}

fn fenced_code(lines: &[&str]) -> Option<(Block, usize)> {
    let (mark, length, info) = fence(lines[0])?;
    let closing = |line: &&str| fence(line).is_some_and(|(m, l, info)| m == mark && l >= length && info.is_empty());
    let end = lines.iter().skip(1).position(closing).map_or(lines.len(), |at| at + 1);
    let strip = indent(lines[0]);
    let code: Vec<&str> = lines[1..end].iter().map(|line| &line[strip.min(indent(line)).min(line.len())..]).collect();
    let used = (end + 1).min(lines.len());
    Some((Block::Fenced { info: info.to_owned(), code: code.join("\n") }, used))
}

/// A quotation takes lines without `>`, too, as long as they would continue its paragraph.
fn quote(lines: &[&str]) -> (Block, usize) {
    let mut inner = Vec::new();
    for line in lines {
        if is_quote(line) {
            let rest = line.trim_start().strip_prefix('>').unwrap_or_default();
            inner.push(rest.strip_prefix(' ').unwrap_or(rest));
        } else if is_blank(line)
            || indent(line) >= 4
            || fence(line).is_some()
            || heading(line).is_some()
            || is_rule(line)
        {
            break;
        } else {
            inner.push(line);
        }
    }
    (Block::Quote(parse(&inner.join("\n"))), inner.len())
}

/// A block of HTML starts with the tag of a block, or is a tag alone on its line.
fn starts_html(line: &str) -> bool {
    const BLOCKS: [&str; 30] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "section",
        "table",
        "tr",
        "ul",
    ];
    let text = line.trim();
    let Some(rest) = text.strip_prefix('<') else { return false };
    if rest.starts_with("!--") {
        return true;
    }
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let after = &name[end..];
    let known = BLOCKS.contains(&name[..end].to_ascii_lowercase().as_str());
    known && (after.is_empty() || after.starts_with([' ', '\t', '>']) || after.starts_with("/>"))
}

/// A paragraph ends at a blank line and where another block can interrupt it. Lines that are indented far enough to be
/// code never do.
fn paragraph(lines: &[&str]) -> (Block, usize) {
    let mut used = 1;
    while let Some(line) = lines.get(used) {
        if is_blank(line) {
            break;
        }
        if indent(line) < 4 {
            // A line of `=` or `-` below makes a heading of what is above.
            let under = line.trim_end();
            let setext = used == 1
                && !under.is_empty()
                && (under.bytes().all(|b| b == b'=') || under.bytes().all(|b| b == b'-'));
            if setext {
                let level = if under.starts_with('=') { 1 } else { 2 };
                return (Block::Heading(level, lines[0].trim().to_owned()), 2);
            }
            let interrupts = is_rule(line)
                || heading(line).is_some()
                || fence(line).is_some()
                || is_quote(line)
                || starts_html(line)
                || list::interrupts(line);
            if interrupts {
                break;
            }
        }
        used += 1;
    }
    (Block::Paragraph(lines[..used].join("\n").trim().to_owned()), used)
}
