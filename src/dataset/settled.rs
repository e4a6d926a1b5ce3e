//! Drafts as samples: their answers as all rows together settle them, and all flaws of a dataset at once.

use std::num::NonZeroU32;

use super::answer::Common;
use super::assemble::{AssembledRow, Drafts, Flaw};
use super::columns::Draft;
use super::error::{DatasetError, MOST_ROWS_TOLD};
use super::fault::Fault;
use super::images::Images;
use super::order::prepared;
use super::place::named;
use super::readings::{by_default, in_doubt, lacking, unseen};
use super::second::Second;
use super::select::shuffle;
use super::subjects::Subjects;
use crate::format::counted;
use crate::sample::{RowPlace, Sample};
use crate::spec::types::BadRow;

/// Samples, and what became of the other rows.
struct Settled {
    samples: Vec<Sample>,
    /// The rows that are left out.
    skipped: Vec<(usize, RowPlace)>,
    /// Warnings about how answers were read.
    told: Vec<String>,
}

impl Drafts<'_> {
    /// The samples, and warnings about their answers.
    pub(super) fn asked(
        mut self,
        seed: Option<u64>,
        limit: Option<usize>,
        split: &str,
    ) -> Result<(Vec<Sample>, Vec<String>), DatasetError> {
        let has_answers = self.common.answers > 0;
        let doubt = self.verdict.take().zip(self.answers.first()).map(|(verdict, answer)| in_doubt(&verdict, answer));
        let mut warnings: Vec<String> = self.unseen.as_deref().map(unseen).into_iter().collect();
        if let Some(seed) = seed {
            let mut entries: Vec<AssembledRow> = std::mem::take(&mut self.entries).into_iter().collect();
            shuffle(&mut entries, seed);
            self.entries = entries.into_iter().collect();
        }
        let limit = limit.unwrap_or(usize::MAX);
        if self.wanted.on_bad_row == BadRow::Refuse {
            self.entries.truncate(limit);
        }
        let is_needed = has_answers && !self.wanted.is_unjudged;
        let missing = is_needed.then_some(Fault::NoAnswer as fn(String) -> Fault);
        let (common, files) = (self.common.clone(), std::mem::take(&mut self.files));
        let Settled { mut samples, skipped, told } = self.settled(&common, missing)?;
        samples.truncate(limit);
        if !skipped.is_empty() {
            let (rows, places) = (counted(skipped.len(), "invalid row"), named(&skipped, &files));
            warnings.push(format!("{rows} of {split} left out (`on_bad_row: skip`): {places}"));
        }
        warnings.extend(told);
        warnings.extend(doubt.filter(|_| is_needed));
        Ok((samples, warnings))
    }

    /// All rows as worked examples, each with its answer, read as those that are asked.
    pub(super) fn examples(self, asked: &Common) -> Result<Vec<Sample>, DatasetError> {
        let common = self.common.clone().narrowed(asked);
        self.settled(&common, Some(Fault::NoExampleAnswer)).map(|settled| settled.samples)
    }

    fn settled(mut self, common: &Common, missing: Option<fn(String) -> Fault>) -> Result<Settled, DatasetError> {
        let column = self.answers.first().cloned().unwrap_or_else(|| "answer".to_owned());
        let (mut flaws, mut count, mut is_told, mut lack) = (Vec::new(), 0, false, 0);
        let mut skipped = std::mem::take(&mut self.skipped);
        let mut second = Second::of(self.entries.iter().filter_map(|entry| Some(&entry.draft.as_ref().ok()?.second)));
        let mut samples = Vec::with_capacity(self.entries.len());
        let (mut all, mut subjects) = (Images::default(), Subjects::default());
        for AssembledRow { row, place, draft } in std::mem::take(&mut self.entries) {
            let settled = draft.and_then(|Draft { mut sample, key, second: other, images, lacks_choice }| {
                lack += usize::from(lacks_choice);
                let settled = key.settle(common, sample.choices.len(), &column);
                let settled = if self.wanted.is_unjudged { Ok(settled.unwrap_or_default()) } else { settled };
                let settled = settled.map_err(Flaw::Row)?;
                is_told |= settled.is_by_default && !self.wanted.is_unjudged;
                second.hold((row, place), other, &settled.answers, sample.choices.len());
                let folder = self.parts[place.file as usize].stored.path.parent().filter(|_| self.wanted.has_files);
                sample.images = all.load(images, folder).map_err(Flaw::Row)?.into();
                sample.subject = sample.subject.take().map(|subject| subjects.one(subject));
                let mut answers = settled.answers.into_iter();
                (sample.answer, sample.also) = (answers.next(), answers.collect());
                match (sample.answer.is_some() || sample.dialogue.is_some(), missing) {
                    (false, Some(fault)) => Err(Flaw::Row(fault(column.clone()))),
                    _ => Ok(sample),
                }
            });
            match settled {
                Ok(sample) => samples.push(prepared(Sample { place, ..sample }, self.wanted.shuffle_choices)),
                Err(flaw) => {
                    count += 1;
                    skipped.push((row, place));
                    if flaws.len() < MOST_ROWS_TOLD {
                        flaws.push(match flaw {
                            Flaw::Row(fault) => self.at((row, place), fault),
                            Flaw::Content(error) => error,
                        });
                    }
                }
            }
        }
        match (self.wanted.on_bad_row, count) {
            (BadRow::Refuse, 1) if flaws.len() == 1 => Err(flaws.remove(0)),
            (BadRow::Refuse, 1..) => Err(DatasetError::Rows { rows: flaws, count }),
            _ if samples.is_empty() && !flaws.is_empty() => Err(flaws.remove(0)),
            _ => {
                let differ = self
                    .spare
                    .as_ref()
                    .filter(|_| !self.wanted.is_unjudged)
                    .and_then(|spare| second.warning((&column, spare), &self.files));
                let told = is_told.then(|| by_default(&column)).into_iter().chain(differ);
                let told = told.chain((lack > 0).then(|| lacking(lack))).collect();
                Ok(Settled { samples, skipped, told })
            }
        }
    }

    fn at(&self, (row, place): (usize, RowPlace), fault: Fault) -> DatasetError {
        let path = self.parts[place.file as usize].shown.clone();
        DatasetError::Row { path, row, line: place.line.map(NonZeroU32::get), fault }
    }
}
