//! `--shard` and `--client`: which part of an experiment this run asks.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::plan::shard::Shard;

/// What the command line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharding {
    /// `3/8`: the third of eight.
    Told(Shard),
    /// `auto`: as the scheduler says; `auto/8` where it does not say how many there are.
    OfScheduler(Option<u32>),
}

impl FromStr for Sharding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            text.trim().parse::<u32>().map_err(|_| format!("`{text}` is not a number; write `3/8`, `auto` or `auto/8`"))
        };
        match text.split_once('/') {
            None if text == "auto" => Ok(Self::OfScheduler(None)),
            Some(("auto", count)) => Ok(Self::OfScheduler(Some(number(count)?))),
            Some((index, count)) => {
                let first_is_one = number(index)?.checked_sub(1).ok_or("the first is 1")?;
                Ok(Self::Told(Shard::new(first_is_one, number(count)?)?))
            }
            None => Err("write `3/8` for the third of eight, or `auto` in a job array".to_owned()),
        }
    }
}

/// As it is written on the command line.
impl fmt::Display for Sharding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(shard) => write!(f, "{shard}"),
            Self::OfScheduler(None) => f.write_str("auto"),
            Self::OfScheduler(Some(count)) => write!(f, "auto/{count}"),
        }
    }
}

impl Sharding {
    /// The shard, and the variables that it was taken from, if it was.
    ///
    /// # Errors
    /// No scheduler says which it is; in words.
    pub(super) fn shard(self, environment: &BTreeMap<String, String>) -> Result<(Shard, Option<String>), String> {
        let count = match self {
            Self::Told(shard) => return Ok((shard, None)),
            Self::OfScheduler(count) => count,
        };
        let number = |name: &str| match environment.get(name) {
            None => Ok(None),
            Some(text) => {
                text.trim().parse::<u32>().map(Some).map_err(|_| format!("`{name}` is `{text}`, which is not a number"))
            }
        };
        if let Some(task) = number("SLURM_ARRAY_TASK_ID")? {
            let array = Array {
                first: number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0),
                last: number("SLURM_ARRAY_TASK_MAX")?,
                tasks: number("SLURM_ARRAY_TASK_COUNT")?,
            };
            return Ok((array.shard(task, count)?, Some(format!("SLURM_ARRAY_TASK_ID={task}"))));
        }
        if let Some(index) = number("JOB_COMPLETION_INDEX")? {
            let count =
                count.ok_or("`JOB_COMPLETION_INDEX` says which one this is and not of how many; write `auto/N`")?;
            let shard = Shard::new(index, count).map_err(|why| {
                format!("`JOB_COMPLETION_INDEX` is {index}, and {why}; write as many behind `auto/` as the job has completions")
            })?;
            return Ok((shard, Some(format!("JOB_COMPLETION_INDEX={index}"))));
        }
        Err("neither `SLURM_ARRAY_TASK_ID` nor `JOB_COMPLETION_INDEX` is set; write `I/N`".to_owned())
    }
}

/// A job array of Slurm.
struct Array {
    /// The number of its first task.
    first: u32,
    /// That of its last one, if it is told.
    last: Option<u32>,
    /// How many it has, if that is told.
    tasks: Option<u32>,
}

impl Array {
    /// The part of a task; `count` is how many parts there are, if the user says so.
    ///
    /// # Errors
    /// The array does not tell the part; in words. A part that was lost is run again by an array that has fewer tasks than there
    /// are parts, and takes none of them for another.
    fn shard(&self, task: u32, count: Option<u32>) -> Result<Shard, String> {
        let tasks = self.tasks.or(count).ok_or("`SLURM_ARRAY_TASK_COUNT` is not set; write `auto/N`")?;
        let parts = count.unwrap_or(tasks);
        if tasks != parts {
            return Err(format!(
                "the job array has another number of tasks, {tasks}, than parts, {parts}; write `I/{parts}`"
            ));
        }
        if tasks == 1 && count.is_none() {
            return Err(
                "a job array of one task does not say of how many it is a part; write `I/N`, such as that of a part \
                        that is run again, or leave the option out for the whole"
                    .to_owned(),
            );
        }
        // `--array=0-90:10` has ten tasks.
        let span = self.last.unwrap_or(self.first).saturating_sub(self.first);
        let step = (span / tasks.saturating_sub(1).max(1)).max(1);
        let place = task.saturating_sub(self.first);
        let is_even = self.last.is_none() || (span == step * tasks.saturating_sub(1) && place.is_multiple_of(step));
        if !is_even {
            return Err(format!(
                "the tasks of the job array are not evenly apart, so that they do not tell parts; submit it with \
                                `--array=1-{tasks}`, or write `I/{tasks}`"
            ));
        }
        Shard::new(place / step, parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (shard, from) = text.parse::<Sharding>()?.shard(&environment)?;
        Ok(format!("{shard} {}", from.unwrap_or_default()).trim().to_owned())
    }

    #[test]
    fn a_shard_is_told_or_found() {
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "30"),
            ("SLURM_ARRAY_TASK_MIN", "0"),
            ("SLURM_ARRAY_TASK_MAX", "90"),
            ("SLURM_ARRAY_TASK_COUNT", "10"),
        ];
        assert_eq!(found("3/8", &slurm).unwrap(), "3/8");
        assert_eq!(found("auto", &slurm).unwrap(), "4/10 SLURM_ARRAY_TASK_ID=30");
        assert_eq!(found("auto/10", &slurm).unwrap(), "4/10 SLURM_ARRAY_TASK_ID=30");
        assert_eq!(found("auto/4", &slurm[..1]).unwrap_err(), "31 is not one of 4");
        assert_eq!(found("auto/8", &[("JOB_COMPLETION_INDEX", "7")]).unwrap(), "8/8 JOB_COMPLETION_INDEX=7");
        for (text, variables) in [
            ("9/8", &[][..]),
            ("0/8", &[]),
            ("3", &[]),
            ("a/b", &[]),
            ("auto", &[]),
            ("auto", &[("JOB_COMPLETION_INDEX", "0")]),
            ("auto/2", &[("JOB_COMPLETION_INDEX", "2")]),
            ("auto", &[("SLURM_ARRAY_TASK_ID", "x")]),
        ] {
            assert!(found(text, variables).is_err(), "{text} {variables:?}");
        }
    }

    #[test]
    fn an_array_whose_tasks_are_not_the_parts_is_refused() {
        let of = |text: &str, task: &str, [first, last, count]: [&str; 3]| {
            let variables = [
                ("SLURM_ARRAY_TASK_ID", task),
                ("SLURM_ARRAY_TASK_MIN", first),
                ("SLURM_ARRAY_TASK_MAX", last),
                ("SLURM_ARRAY_TASK_COUNT", count),
            ];
            found(text, &variables)
        };
        assert_eq!(of("auto", "5", ["1", "9", "3"]).unwrap(), "2/3 SLURM_ARRAY_TASK_ID=5");
        assert_eq!(of("auto/1", "3", ["3", "3", "1"]).unwrap(), "1/1 SLURM_ARRAY_TASK_ID=3");
        // One task that is run again, some that are, and tasks whose place in the list is not known.
        assert!(of("auto", "3", ["3", "3", "1"]).unwrap_err().contains("write `I/N`"));
        assert!(of("auto/8", "3", ["3", "3", "1"]).unwrap_err().contains("write `I/8`"));
        assert!(
            of("auto/8", "3", ["3", "5", "2"]).unwrap_err().contains("has another number of tasks, 2, than parts, 8")
        );
        for task in ["2", "7"] {
            assert!(of("auto", task, ["1", "9", "3"]).unwrap_err().contains("not evenly apart"), "{task}");
        }
        assert!(of("auto", "1", ["1", "8", "3"]).unwrap_err().contains("`--array=1-3`"));
    }
}
