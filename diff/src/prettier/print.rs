//! Blocks to lines.

use super::{
    block::{Block, Item, List, Numbers},
    inline,
};

/// How blocks are printed that are in others.
#[derive(Clone, Copy)]
struct Around {
    /// In a tight item no blank lines separate blocks.
    tight: bool,
    /// A line across the page, which must not look like the bullet of the list around it.
    rule: &'static str,
}

/// The lines of the blocks of a text.
pub(super) fn text(blocks: &[Block]) -> Vec<String> {
    self::blocks(blocks, Around { tight: false, rule: "---" })
}

/// White space at the end means nothing, except for two blanks: there the author wants a line to end.
fn trim(line: &str) -> &str {
    let bare = line.trim_end();
    let hard = !bare.is_empty() && !bare.ends_with('>') && line.ends_with("  ") && line.len() == bare.len() + 2;
    if hard { line } else { bare }
}

/// The lines of blocks, one below the other.
fn blocks(blocks: &[Block], around: Around) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // Lists that follow one another would become one: every second has another mark.
    let mut lists_before = 0;
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 && !around.tight {
            out.push(String::new());
        }
        match block {
            Block::List(list) => {
                let other = lists_before % 2 == 1;
                out.extend(self::list(list, other));
                lists_before += 1;
            }
            block => out.extend(single(block, around)),
        }
        let same_kind = |next: &Block| match (block, next) {
            (Block::List(this), Block::List(next)) => this.numbers.is_some() == next.numbers.is_some(),
            _ => false,
        };
        if !blocks.get(index + 1).is_some_and(same_kind) {
            lists_before = 0;
        }
    }
    out
}

fn single(block: &Block, around: Around) -> Vec<String> {
    match block {
        Block::Heading(level, text) => {
            vec![format!("{} {}", "#".repeat(*level), inline::format(text)).trim_end().to_owned()]
        }
        Block::Rule => vec![around.rule.to_owned()],
        Block::Paragraph(text) => inline::format(text).split('\n').map(str::to_owned).collect(),
        Block::Quote(inner) => {
            let lines = blocks(inner, Around { tight: false, ..around });
            lines.iter().map(|line| trim(&format!("> {line}")).to_owned()).collect()
        }
        Block::List(list) => self::list(list, false),
        Block::Fenced { info, code } => {
            let mut longest = 0;
            for run in code.split(|c| c != '`') {
                longest = longest.max(run.len());
            }
            let fence = "`".repeat(3.max(longest + 1));
            let mut lines = vec![format!("{fence}{info}")];
            if !code.is_empty() {
                lines.extend(code.split('\n').map(str::to_owned));
            }
            lines.push(fence);
            lines
        }
        Block::Indented(code) => code.split('\n').map(|line| format!("    {line}").trim_end().to_owned()).collect(),
        Block::Html(html) => html.split('\n').map(str::to_owned).collect(),
    }
}

fn list(list: &List, other: bool) -> Vec<String> {
    let mut out = Vec::new();
    for (index, item) in list.items.iter().enumerate() {
        let (marker, aligned) = match &list.numbers {
            Some(Numbers { first, second, aligned }) => {
                // Lists that count 1, 1, 1 keep doing so.
                let step = u64::from(!(*first <= 1 && *second == Some(*first)));
                (format!("{}{}", first + step * index as u64, if other { ')' } else { '.' }), *aligned)
            }
            None => (String::from(if other { "*" } else { "-" }), true),
        };
        if index > 0 && list.items[index - 1].loose {
            out.push(String::new());
        }
        out.extend(self::item(item, &marker, aligned, if other { "---" } else { "***" }));
    }
    out
}

/// An item; what an aligned one holds starts in a column that is a multiple of four.
fn item(item: &Item, marker: &str, aligned: bool, rule: &'static str) -> Vec<String> {
    let width = marker.len() + 1;
    let width = if aligned { width.next_multiple_of(4) } else { width };
    let lines = blocks(&item.blocks, Around { tight: !item.loose, rule });
    if lines.is_empty() {
        return vec![marker.to_owned()];
    }
    let put = |(index, line): (usize, &String)| {
        let before = if index == 0 { marker } else { "" };
        trim(&format!("{before:width$}{line}")).to_owned()
    };
    lines.iter().enumerate().map(put).collect()
}
