//! The prompts of a plan: those of each dataset, once for all models that are asked alike.

use std::collections::HashMap;

use crate::dataset::{Dataset, Gauge};
use crate::endpoint::provider::ImageForms;
use crate::error::Error;
use crate::id::{DatasetId, Id, ModelId, Per};
use crate::image::Image;
use crate::plan::{Asking, NO_MESSAGES, Plan};
use crate::prompt::{PromptForm, Templates};
use crate::request::Prompt;

/// Prompts by model, dataset and sample.
pub struct Prompts {
    rendered: Vec<Vec<Prompt>>,
    places: Per<ModelId, Per<DatasetId, usize>>,
}

impl Prompts {
    /// Renders the prompts of all samples.
    ///
    /// # Errors
    /// A template that does not fit a row.
    pub fn new(plan: &Plan, datasets: &Per<DatasetId, Dataset>) -> Result<Self, Error> {
        let mut rendered = Vec::new();
        let mut known: HashMap<(usize, &PromptForm, Option<Gauge>), usize> = HashMap::new();
        let mut places = Vec::with_capacity(plan.models.len());
        for model in &plan.models {
            let mut own = Vec::with_capacity(datasets.len());
            for ((id, dataset), asking) in datasets.with_ids().zip(&model.asking) {
                let alike = (id.place(), &*asking.form, asking.gauge);
                let place = match known.get(&alike) {
                    Some(place) => *place,
                    None => {
                        rendered.push(render(plan, (id, dataset), asking)?);
                        known.insert(alike, rendered.len() - 1);
                        rendered.len() - 1
                    }
                };
                own.push(place);
            }
            places.push(own.into());
        }
        Ok(Self { rendered, places: places.into() })
    }

    /// The prompts of a dataset for a model.
    pub fn of(&self, model: ModelId, dataset: DatasetId) -> &[Prompt] {
        &self.rendered[self.places[model][dataset]]
    }

    /// The prompts for a model, dataset by dataset.
    pub fn of_model(&self, model: ModelId) -> impl Iterator<Item = &[Prompt]> {
        self.places[model].iter().map(|place| self.rendered[*place].as_slice())
    }

    /// Refuses chats for a model whose API takes texts, and images for one whose API does not take them.
    pub(super) fn check(&self, plan: &Plan, datasets: &Per<DatasetId, Dataset>) -> Result<(), Error> {
        self.check_images(plan, datasets)?;
        for (id, model) in plan.models.with_ids() {
            let endpoint = plan.endpoint_of(model);
            if endpoint.provider.takes_messages() {
                continue;
            }
            let chat = self.of_model(id).zip(datasets).find(|(prompts, _)| prompts.iter().any(|prompt| prompt.is_chat));
            if let Some((_, dataset)) = chat {
                return Err(Error::Usage(format!(
                    "endpoint `{}` cannot be asked the chats of `{}`: {NO_MESSAGES}",
                    endpoint.name, dataset.name
                )));
            }
        }
        Ok(())
    }

    fn check_images(&self, plan: &Plan, datasets: &Per<DatasetId, Dataset>) -> Result<(), Error> {
        for (id, model) in plan.models.with_ids() {
            let endpoint = plan.endpoint_of(model);
            for (prompts, dataset) in self.of_model(id).zip(datasets) {
                let mut images =
                    prompts.iter().filter_map(|prompt| prompt.attached.as_ref()).flat_map(|own| &*own.images);
                let refused = match endpoint.provider.images() {
                    ImageForms::FilesAndAddresses => None,
                    ImageForms::Files => images.find(|image| matches!(image, Image::Address(_))).map(|_| NO_ADDRESSES),
                    ImageForms::None => images.next().map(|_| NO_IMAGES),
                };
                if let Some(why) = refused {
                    return Err(Error::Usage(format!(
                        "endpoint `{}` cannot be asked the images of `{}`: {why}",
                        endpoint.name, dataset.name
                    )));
                }
            }
        }
        Ok(())
    }
}

const NO_IMAGES: &str = "its API takes one text: set its `api: chat`, or leave out `columns.image`";

const NO_ADDRESSES: &str = "its API takes bytes and fetches no address: download the images, and write their paths, relative to the \
                            dataset's file, into the column";

fn render(plan: &Plan, (id, dataset): (DatasetId, &Dataset), asking: &Asking) -> Result<Vec<Prompt>, Error> {
    let templates =
        Templates::new(&asking.form).map_err(|error| Error::Usage(format!("the template is not valid: {error}")))?;
    let count = plan.datasets[id].few_shot.as_ref().map_or(0, |few_shot| few_shot.count);
    let place_of = |index: usize| {
        let sample = dataset.samples.iter().find(|sample| sample.index == index)?;
        Some(format!("{} of {}", dataset.named([sample]), dataset.source_of(sample)))
    };
    let made = plan.datasets[id].source.made();
    let samples =
        made.map_or(dataset.samples.as_slice().into(), |made| made.samples_for(&dataset.samples, asking.gauge));
    let prompts = templates.render(&dataset.name, &samples, &dataset.examples, count);
    Ok(prompts.map_err(|error| error.at(place_of))?)
}
