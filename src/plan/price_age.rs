//! How old prices are.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::resolved::Plan;
use crate::format::counted;
use crate::spec::types::PricingSpec;

/// Days after which a price may have changed.
const OLD: i64 = 90;

/// Models and machines that have a dated price, by its day.
pub(super) fn dates(pricing: Option<&PricingSpec>) -> BTreeMap<String, Vec<String>> {
    let Some(pricing) = pricing else { return BTreeMap::new() };
    let models = pricing.models.iter().map(|(name, price)| (name, price.as_of.as_ref()));
    let machines = pricing.machines.iter().map(|(name, price)| (name, price.as_of.as_ref()));
    let mut dates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, date) in models.chain(machines) {
        date.into_iter().for_each(|date| dates.entry(date.clone()).or_default().push(name.clone()));
    }
    dates
}

impl Plan {
    /// Prices that are older than 90 days on a day, written as YYYY-MM-DD or as a time that begins so.
    pub fn old_prices(&self, today: &str) -> Option<String> {
        let day = |text: &str| NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok();
        let today = day(today)?;
        let age = |date: &str| Some((today - day(date)?).num_days());
        let old =
            self.priced_on.iter().filter_map(|(date, names)| Some((date, names, age(date).filter(|age| *age > OLD)?)));
        let said: Vec<String> = old
            .map(|(date, names, age)| {
                format!("{} of {date}, {} ago", names.join(", "), counted(age.unsigned_abs(), "day"))
            })
            .collect();
        (!said.is_empty()).then(|| {
            format!(
                "prices are older than {OLD} days ({}), so costs may be wrong; look them up and set `as_of`, or run \
                 `smallbench prices update --from FILE`",
                said.join("; ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::tables::fixture::Fixture;

    #[test]
    fn prices_are_old_after_ninety_days() {
        let mut plan = Fixture::new(1).plan;
        assert_eq!(plan.old_prices("2026-06-01"), None);
        let dated = [("2026-01-01", "a"), ("2026-03-04", "b")];
        plan.priced_on = dated.map(|(date, name)| (date.to_owned(), vec![name.to_owned()])).into();
        assert_eq!(plan.old_prices("2026-04-01"), None);
        let said = plan.old_prices("2026-04-02T08:00:00Z").unwrap();
        assert!(said.contains("(a of 2026-01-01, 91 days ago)"), "{said}");
        assert!(plan.old_prices("2026-12-01").unwrap().contains("; b of 2026-03-04, 272 days ago"));
    }
}
