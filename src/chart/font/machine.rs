//! The fonts of the machine, for letters that the embedded faces do not have.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use fontdb::{Database, FaceInfo, ID, Style};

/// What the name of a face in a drawing begins with; its place follows.
const FAMILY: &str = "fallback-";

/// The embedded faces and no others.
static EMBEDDED: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut faces = Database::new();
    faces.load_font_data(dejavu::sans::regular().to_vec());
    faces.load_font_data(dejavu::sans::bold().to_vec());
    faces.set_sans_serif_family(super::face::NAME);
    Arc::new(faces)
});

/// The embedded faces, and those that are installed under other names.
static ALL: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let embedded: Vec<ID> = EMBEDDED.faces().map(|face| face.id).collect();
    let mut faces = Database::clone(&EMBEDDED);
    faces.load_system_fonts();
    let is_namesake = |face: &&FaceInfo| {
        !embedded.contains(&face.id) && face.families.iter().any(|(name, _)| name == super::face::NAME)
    };
    let namesakes: Vec<ID> = faces.faces().filter(is_namesake).map(|face| face.id).collect();
    namesakes.into_iter().for_each(|face| faces.remove_face(face));
    Arc::new(faces)
});

/// Faces that draw letters which the embedded ones lack, the best first.
pub(in crate::chart) struct Fallback {
    faces: Vec<(ID, BTreeSet<char>)>,
}

impl Fallback {
    /// The faces for these letters: what draws most of them comes first, so that a name is in one style. The fonts of the
    /// machine are read only if there are such letters.
    pub(in crate::chart) fn of(letters: &BTreeSet<char>) -> Self {
        if letters.is_empty() {
            return Self { faces: Vec::new() };
        }
        let known = ALL.faces().map(|face| (face, drawn_by(face.id, letters)));
        let mut known: Vec<_> = known.filter(|(_, own)| !own.is_empty()).collect();
        known.sort_by_cached_key(|(face, own)| (Reverse(own.len()), rank(face)));
        Self { faces: known.into_iter().map(|(face, own)| (face.id, own)).collect() }
    }

    /// All faces that a drawing may take.
    pub(in crate::chart) fn database(&self) -> Arc<Database> {
        Arc::clone(if self.faces.is_empty() { &EMBEDDED } else { &ALL })
    }

    /// The face that spans of a drawing name so.
    pub(in crate::chart) fn face(&self, family: &str) -> Option<ID> {
        let place: usize = family.strip_prefix(FAMILY)?.parse().ok()?;
        self.faces.get(place).map(|(face, _)| *face)
    }

    /// True if there is no letter that another face than the embedded ones draws.
    pub(in crate::chart) fn is_idle(&self) -> bool {
        self.faces.is_empty()
    }

    pub(in crate::chart) fn has(&self, letter: char) -> bool {
        self.place(letter).is_some()
    }

    /// The place of the face for a letter.
    fn place(&self, letter: char) -> Option<usize> {
        self.faces.iter().position(|(_, own)| own.contains(&letter))
    }

    /// The parts of a text that take one face each, with the name of the face; `None` for what the embedded faces draw.
    pub(in crate::chart) fn runs(&self, text: &str) -> Vec<(Option<String>, String)> {
        let mut runs: Vec<(Option<usize>, String)> = Vec::new();
        for letter in text.chars() {
            let place = self.place(letter);
            match runs.last_mut() {
                Some((open, run)) if *open == place => run.push(letter),
                _ => runs.push((place, letter.to_string())),
            }
        }
        runs.into_iter().map(|(place, run)| (place.map(|place| format!("{FAMILY}{place}")), run)).collect()
    }
}

/// Which of these letters a face has outlines for. Pictures of letters, as of coloured emoji, are none.
fn drawn_by(face: ID, letters: &BTreeSet<char>) -> BTreeSet<char> {
    let own = ALL.with_face_data(face, |bytes, index| {
        let face = ttf_parser::Face::parse(bytes, index).ok()?;
        let is_drawn = |letter: char| face.glyph_bounding_box(face.glyph_index(letter)?);
        Some(letters.iter().copied().filter(|letter| is_drawn(*letter).is_some()).collect())
    });
    own.flatten().unwrap_or_default()
}

/// Embedded faces first, then upright and regular ones, then by name: the order in which a system lists its fonts is by chance.
fn rank(face: &FaceInfo) -> (bool, bool, u16, String) {
    let is_installed = EMBEDDED.face(face.id).is_none();
    (is_installed, face.style != Style::Normal, face.weight.0.abs_diff(400), face.post_script_name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_face_are_a_run() {
        let face = EMBEDDED.faces().next().unwrap().id;
        let fallback =
            Fallback { faces: vec![(face, BTreeSet::from(['क', 'ि'])), (face, BTreeSet::from(['模']))] };
        let runs = fallback.runs("a कि模 &amp;");
        let runs: Vec<(Option<&str>, &str)> = runs.iter().map(|(face, run)| (face.as_deref(), run.as_str())).collect();
        assert_eq!(runs, [(None, "a "), (Some("fallback-0"), "कि"), (Some("fallback-1"), "模"), (None, " &amp;")]);
        assert_eq!(
            (fallback.face("fallback-1"), fallback.face("fallback-2"), fallback.face("x")),
            (Some(face), None, None)
        );
    }

    #[test]
    fn the_machine_is_not_asked_without_need() {
        let fallback = Fallback::of(&BTreeSet::new());
        assert_eq!((fallback.database().len(), fallback.has('模')), (2, false));
    }
}
