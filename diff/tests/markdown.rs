//! What prettier makes of Markdown. Each expectation is prettier's own output (`--tab-width 4`, prose as it is).

use vestibule_diff::prettier::format;

fn check(input: &str, expected: &str) {
    assert_eq!(format(input), expected);
    assert_eq!(format(expected), expected, "formatted text stays as it is");
}

#[test]
fn blank_lines_surround_blocks() {
    check("#### A\n---\n\n\n\n##### `GET` /a/{b}/\n\n\n\n\ntext\n", "#### A\n\n---\n\n##### `GET` /a/{b}/\n\ntext\n");
    check("one\ntwo   three\n\n\nfour\n", "one\ntwo three\n\nfour\n");
    check("", "");
}

#[test]
fn items_are_loose_or_tight() {
    check("* a\n* b\n", "-   a\n-   b\n");
    check("* a\n\n* b\n    > c\n", "-   a\n\n-   b\n    > c\n");
    check("* a\n    > c\n\n\n* b\n", "-   a\n    > c\n\n-   b\n".replace("a\n    >", "a\n\n    >").as_str());
}

#[test]
fn lists_with_other_marks_alternate() {
    check("New:\n- `a`\n- `b`\n\n* c\n\n* d\n    > e\n\n\n", "New:\n\n-   `a`\n-   `b`\n\n*   c\n\n*   d\n    > e\n");
}

#[test]
fn a_line_below_an_item_belongs_to_it() {
    check("Added:\n\n* `a`\n* `b`\nRemoved:\n\n* `c`\n", "Added:\n\n-   `a`\n-   `b`\n    Removed:\n\n-   `c`\n");
    check(
        "* x\n\n    Added:\n\n    * `b`\n    Removed:\n\n    * `c`\n* y\n",
        "-   x\n\n    Added:\n\n    -   `b`\n        Removed:\n\n    -   `c`\n\n-   y\n",
    );
}

#[test]
fn a_quotation_that_is_indented_too_far_joins_the_line_above() {
    check("Changed items (object):\n    > One\n    > two\n\n", "Changed items (object): > One > two\n");
    check("* x\n\n    Items (array):\n        > One\n\n", "-   x\n\n    Items (array): > One\n");
}

#[test]
fn descriptions_are_markdown() {
    check("> * `a` - A\n> * `b` - B\n", "> -   `a` - A\n> -   `b` - B\n");
    check("> one\n> \n> two\n", "> one\n>\n> two\n");
    check("> 1. a\n> 2. b\n", "> 1. a\n> 2. b\n");
    check("1.  a\n1.  b\n", "1.  a\n1.  b\n");
    check("in\n2. words\n", "in 2. words\n");
    check("> one  \n> two\n", "> one  \n> two\n");
    check("* a\n\n    ---\n", "-   a\n\n    ***\n");
    check("> ```json\n> {\"a\": 1}\n> ```\n", "> ```json\n> {\"a\": 1}\n> ```\n");
    check("> <p>A</p>\n> <p>B</p>\n", "> <p>A</p>\n> <p>B</p>\n");
    check("> type for <name>.\n", "> type for <name>.\n");
}

#[test]
fn words_are_escaped_where_they_would_mean_something() {
    check("bound* tables", "bound\\* tables\n");
    check("view_ permission", "view\\_ permission\n");
    check("snake_case and __init", "snake_case and \\_\\_init\n");
    check("Letters, digits and @/./+/-/_ only.", "Letters, digits and @/./+/-/\\_ only.\n");
    check("*one* and __two__ and **three**", "_one_ and **two** and **three**\n");
    check("`a*b_` \\* \\_ &lt; [x_y](http://a_b/_c_)", "`a*b_` \\* \\_ &lt; [x_y](http://a_b/_c_)\n");
    check("**default **\n", "**default **\n");
}
