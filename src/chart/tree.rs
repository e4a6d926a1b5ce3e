//! An SVG of this module as a tree of shapes and texts: in the embedded faces, and in fonts of the machine where these lack letters.

use resvg::usvg::{FontFamily, FontResolver, Group, Node, Options, Text, Tree};

use super::ChartError;
use super::font::{Fallback, foreign};
use super::runs::in_runs;

pub(super) fn parse(svg: &str) -> Result<Tree, ChartError> {
    let fallback = Fallback::of(&foreign(svg)?);
    let options = options(&fallback);
    let read = |svg: &str| Tree::from_str(svg, &options).map_err(|fault| ChartError::Svg(fault.to_string()));
    if fallback.is_idle() { read(svg) } else { read(&in_runs(svg, &fallback, &|text| width(text, &options))) }
}

fn options(fallback: &Fallback) -> Options<'_> {
    let usual = FontResolver::default_font_selector();
    let font_resolver = FontResolver {
        select_font: Box::new(move |font, faces| match font.families() {
            [FontFamily::Named(family), ..] => fallback.face(family).or_else(|| usual(font, faces)),
            _ => usual(font, faces),
        }),
        select_fallback: Box::new(|_, _, _| None),
    };
    Options { fontdb: fallback.database(), font_resolver, ..Options::default() }
}

/// How far a text of a drawing moves on, in the drawing's unit.
fn width(text: &str, options: &Options<'_>) -> f64 {
    let alone = format!("<svg width=\"9\" height=\"9\" xmlns=\"http://www.w3.org/2000/svg\">{text}</svg>");
    let tree = Tree::from_str(&alone, options).ok();
    let width = tree.as_ref().and_then(|tree| first_text(tree.root())).map(|text| text.bounding_box().width());
    width.map_or(0.0, f64::from)
}

fn first_text(group: &Group) -> Option<&Text> {
    group.children().iter().find_map(|node| match node {
        Node::Group(group) => first_text(group),
        Node::Text(text) => Some(&**text),
        Node::Path(_) | Node::Image(_) => None,
    })
}
