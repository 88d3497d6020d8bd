//! Lists, by the rules of remark 7: the item decides by its indentation what belongs to it.

use super::block::{self, Item, List, Numbers, indent, is_blank, is_rule};

const TAB: usize = 4;

/// A bullet or number at the beginning of a line.
struct Bullet {
    marker: char,
    number: Option<u64>,
    /// Columns up to the content.
    width: usize,
    /// Bytes up to the content.
    length: usize,
}

fn bullet(line: &str) -> Option<Bullet> {
    let spaces = indent(line);
    if spaces >= TAB {
        return None;
    }
    let start = line.len() - line.trim_start().len();
    let text = &line[start..];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = if digits > 0 { Some(text[..digits].parse().ok()?) } else { None };
    let marker = text[digits..].chars().next()?;
    let fits = if number.is_some() { matches!(marker, '.' | ')') } else { matches!(marker, '*' | '+' | '-') };
    if !fits {
        return None;
    }
    let after = &text[digits + 1..];
    let blanks = after.bytes().take_while(|byte| *byte == b' ').count();
    if blanks == 0 && !after.is_empty() {
        return None;
    }
    // More than four blanks make the content indented code, and only one of them is the bullet's.
    let blanks = if blanks > TAB { 1 } else { blanks };
    let length = start + digits + 1 + blanks;
    Some(Bullet { marker, number, width: spaces + digits + 1 + blanks, length })
}

/// Whether a line that is a bullet ends the paragraph above it. An empty item does not, nor does a list that does not
/// start at one: that may be a number in a sentence.
pub(super) fn interrupts(line: &str) -> bool {
    bullet(line).is_some_and(|bullet| {
        bullet.number.is_none_or(|number| number == 1) && !is_blank(&line[bullet.length.min(line.len())..])
    })
}

/// What one item consists of while reading.
struct Raw<'a> {
    lines: Vec<&'a str>,
    width: usize,
    number: Option<u64>,
}

/// The list that starts with the first line, and the number of lines it takes.
pub(super) fn parse(lines: &[&str]) -> Option<(List, usize)> {
    let first = bullet(lines[0])?;
    let mut items: Vec<Raw<'_>> = Vec::new();
    let mut blank_lines: Vec<&str> = Vec::new();
    let mut used = 0;
    for (index, line) in lines.iter().enumerate() {
        let width = items.last().map_or(usize::MAX, |item| item.width);
        let indented = indent(line) >= width.min(TAB);
        let own = if indented { None } else { bullet(line) };
        if let Some(own) = own {
            if own.marker != first.marker || own.number.is_some() != first.number.is_some() || is_rule(line) {
                break;
            }
            if let Some(item) = items.last_mut()
                && !blank_lines.is_empty()
            {
                item.lines.push("");
                blank_lines.clear();
            }
            items.push(Raw { lines: vec![line], width: own.width, number: own.number });
        } else if is_blank(line) {
            blank_lines.push(line);
            continue;
        } else {
            // A line that is not indented continues the last paragraph, unless something ended it.
            let lazy = !(indent(line) >= width || indent(line) > TAB);
            if lazy && (!blank_lines.is_empty() || ends(line)) {
                break;
            }
            let item = items.last_mut()?;
            item.lines.append(&mut blank_lines);
            item.lines.push(line);
        }
        used = index + 1;
    }
    let numbers = first.number.map(|number| Numbers {
        first: number,
        second: items.get(1).and_then(|item| item.number),
        aligned: lines[0][..first.length.min(lines[0].len())].ends_with("  "),
    });
    Some((List { numbers, items: items.into_iter().map(|item| build(&item)).collect() }, used))
}

/// Whether a line ends the list above it although no blank line is between them.
fn ends(line: &str) -> bool {
    is_rule(line) || matches!(block::parse(line).first(), Some(block::Block::Heading(..) | block::Block::Fenced { .. }))
}

fn build(item: &Raw<'_>) -> Item {
    let raw = item.lines.join("\n");
    // Blank lines inside, or the one that separates it from the next item.
    let inside = raw.trim_end().split('\n').any(is_blank);
    let loose = inside || raw.ends_with('\n');
    Item { blocks: block::parse(&without_bullet(item)), loose }
}

/// The text of an item: as much indentation less as its least indented line has, at most what the bullet takes.
fn without_bullet(item: &Raw<'_>) -> String {
    let rest = &item.lines[1..];
    let remove = rest.iter().filter(|line| !is_blank(line)).map(|line| indent(line)).min().unwrap_or(0).min(item.width);
    let first = item.lines[0];
    let content = bullet(first).map_or(first, |bullet| &first[bullet.length.min(first.len())..]);
    let mut text = content.to_owned();
    for line in rest {
        text.push('\n');
        text.push_str(line.get(remove.min(line.len() - line.trim_start().len())..).unwrap_or_default());
    }
    text
}
