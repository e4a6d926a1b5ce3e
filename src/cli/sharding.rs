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
            let told = number("SLURM_ARRAY_TASK_COUNT")?;
            let (first, last) = (number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0), number("SLURM_ARRAY_TASK_MAX")?);
            let count = count.or(told).ok_or("`SLURM_ARRAY_TASK_COUNT` is not set; write `auto/N`")?;
            // `--array=0-90:10` has ten tasks.
            let span = last.unwrap_or(first).saturating_sub(first);
            let step = (span / told.unwrap_or(count).saturating_sub(1).max(1)).max(1);
            let shard = Shard::new(task.saturating_sub(first) / step, count)?;
            return Ok((shard, Some(format!("SLURM_ARRAY_TASK_ID={task}"))));
        }
        if let Some(index) = number("JOB_COMPLETION_INDEX")? {
            let count =
                count.ok_or("`JOB_COMPLETION_INDEX` says which one this is and not of how many; write `auto/N`")?;
            return Ok((Shard::new(index, count)?, Some(format!("JOB_COMPLETION_INDEX={index}"))));
        }
        Err("neither `SLURM_ARRAY_TASK_ID` nor `JOB_COMPLETION_INDEX` is set; write `I/N`".to_owned())
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
}
