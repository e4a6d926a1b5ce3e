//! Identities: which endpoint, model, level, dataset or judge of a plan is meant, each a type of its own.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut, Index, IndexMut};

/// An identity: a place in one of the lists of a plan.
pub trait Id: Copy {
    /// The identity of a place.
    fn at(place: usize) -> Self;

    /// The place, counted from 0.
    fn place(self) -> usize;
}

macro_rules! ids {
    ($($(#[doc = $meaning:literal])* $name:ident;)*) => {$(
        $(#[doc = $meaning])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl Id for $name {
            fn at(place: usize) -> Self {
                // No plan lists as many as that.
                Self(u32::try_from(place).unwrap_or(u32::MAX))
            }

            fn place(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An endpoint of a plan.
    EndpointId;
    /// A model of a plan.
    ModelId;
    /// A load level of a plan.
    LevelId;
    /// A dataset of a plan.
    DatasetId;
    /// A batch of a plan, in the order in which batches are measured.
    BatchId;
    /// A sample of a dataset, in the order in which its samples are asked.
    SampleId;
    /// A judge of a dataset: the one whose verdicts are the score comes first.
    JudgeId;
}

/// One value for each identity, in the order of the plan.
pub struct Per<I, T> {
    values: Vec<T>,
    id: PhantomData<I>,
}

impl<I: Id, T> Per<I, T> {
    /// The values with their identities.
    pub fn with_ids(&self) -> impl Iterator<Item = (I, &T)> {
        self.values.iter().enumerate().map(|(place, value)| (I::at(place), value))
    }

    /// The values, each with its identity.
    pub fn into_with_ids(self) -> impl Iterator<Item = (I, T)> {
        self.values.into_iter().enumerate().map(|(place, value)| (I::at(place), value))
    }

    /// The values without their identities.
    pub fn into_values(self) -> impl Iterator<Item = T> {
        self.values.into_iter()
    }

    /// The identities.
    pub fn ids(&self) -> impl Iterator<Item = I> + use<I, T> {
        (0..self.values.len()).map(I::at)
    }
}

impl<I, T> Deref for Per<I, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values
    }
}

impl<I, T> DerefMut for Per<I, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.values
    }
}

impl<I: Id, T> Index<I> for Per<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.values[id.place()]
    }
}

impl<I: Id, T> IndexMut<I> for Per<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.values[id.place()]
    }
}

impl<I, T> From<Vec<T>> for Per<I, T> {
    fn from(values: Vec<T>) -> Self {
        Self { values, id: PhantomData }
    }
}

impl<I, T> FromIterator<T> for Per<I, T> {
    fn from_iter<V: IntoIterator<Item = T>>(values: V) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

impl<'p, I, T> IntoIterator for &'p Per<I, T> {
    type Item = &'p T;
    type IntoIter = std::slice::Iter<'p, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}

impl<I, T: Clone> Clone for Per<I, T> {
    fn clone(&self) -> Self {
        self.values.clone().into()
    }
}

impl<I, T: PartialEq> PartialEq for Per<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl<I, T: fmt::Debug> fmt::Debug for Per<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(f)
    }
}
