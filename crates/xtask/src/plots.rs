//! Small plots for the documentation, as SVG that reads in light and in dark.

use std::fmt::Write;

/// One line of a plot: its name and its points, both axes 0–1.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f32, f32)>,
}

const SIDE: f32 = 320.0;
const MARGIN: f32 = 48.0;
const COLOURS: [&str; 6] = ["#0a6e8a", "#b5471f", "#5a7d1c", "#7a4a9c", "#8a6d00", "#4a5560"];

/// A square plot with both axes from 0 to 1. With `diagonal`, the line on which strength and truth
/// are the same.
pub(crate) fn square(
    title: &str,
    across: &str,
    up: &str,
    lines: &[Line],
    diagonal: bool,
) -> String {
    let height = SIDE + 2.0 * MARGIN + 18.0 * lines.len() as f32;
    let width = SIDE + 2.0 * MARGIN;
    let place = |(x, y): (f32, f32)| (MARGIN + x * SIDE, MARGIN + (1.0 - y) * SIDE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    for step in 0..=5_u8 {
        let at = f32::from(step) / 5.0;
        let ((x, bottom), (left, y)) = (place((at, 0.0)), place((0.0, at)));
        let _ = writeln!(
            svg,
            "<path d=\"M{x} {MARGIN}V{bottom}M{left} {y}H{}\" stroke=\"#d5dadd\"/>\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{at:.1}</text>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{at:.1}</text>",
            left + SIDE,
            bottom + 16.0,
            left - 6.0,
            y + 4.0
        );
    }
    if diagonal {
        let (from, to) = (place((0.0, 0.0)), place((1.0, 1.0)));
        let _ = writeln!(
            svg,
            "<path d=\"M{} {}L{} {}\" stroke=\"#8b949a\" stroke-dasharray=\"4 4\"/>",
            from.0, from.1, to.0, to.1
        );
    }
    for (index, line) in lines.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let points: Vec<String> = line
            .points
            .iter()
            .map(|&point| place(point))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        for point in &points {
            let (x, y) = point.split_once(',').unwrap_or_default();
            let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>");
        }
        let y = SIDE + 2.0 * MARGIN + 18.0 * index as f32;
        let _ = writeln!(
            svg,
            "<rect x=\"{MARGIN}\" y=\"{}\" width=\"12\" height=\"4\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"{y}\">{}</text>",
            y - 6.0,
            MARGIN + 20.0,
            line.name
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{across}</text>\
         <text x=\"{MARGIN}\" y=\"{}\">{up}</text>\n</svg>",
        MARGIN + SIDE / 2.0,
        SIDE + MARGIN + 34.0,
        MARGIN - 14.0
    );
    svg
}
