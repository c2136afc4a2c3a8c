//! Choices, in which one key decides which other keys a table has.

use super::Keys;

/// The way in which a variant is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By its word, the value of one key.
    Word,
    /// By the presence of its key.
    Key,
}

/// One of the forms of a value.
pub struct Variant<T> {
    /// The word or the key that chooses it.
    pub word: &'static str,
    /// One sentence.
    pub says: &'static str,
    /// The variant before its keys are read.
    pub blank: fn() -> T,
    /// Whether a value has this form.
    pub is: fn(&T) -> bool,
}

impl<T> Clone for Variant<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Variant<T> {}

/// The variant of an enum, blank until its keys are read: of the form `A`, `A { x, y }`, `A(_)` or
/// `A(B { x, y })`.
macro_rules! variant {
    ($word:literal, $says:literal, $($name:ident)::+ $({ $($field:ident),* })?) => {
        $crate::case::keys::Variant {
            word: $word,
            says: $says,
            blank: || $($name)::+ $({ $($field: Default::default()),* })?,
            is: |value| matches!(value, $($name)::+ { .. }),
        }
    };
    ($word:literal, $says:literal, $($name:ident)::+ (_)) => {
        $crate::case::keys::Variant {
            word: $word,
            says: $says,
            blank: || $($name)::+ (Default::default()),
            is: |value| matches!(value, $($name)::+ (_)),
        }
    };
    ($word:literal, $says:literal, $($outer:ident)::+ ($($name:ident)::+ { $($field:ident),* })) => {
        $crate::case::keys::Variant {
            word: $word,
            says: $says,
            blank: || $($outer)::+ ($($name)::+ { $($field: Default::default()),* }),
            is: |value| matches!(value, $($outer)::+ ($($name)::+ { .. })),
        }
    };
}
pub(crate) use variant;

/// The variants of the value being visited.
pub trait Branches {
    /// The words or keys, with their sentences.
    fn words(&self) -> Vec<(&'static str, &'static str)>;

    /// The variant of the value.
    fn current(&self) -> Option<usize>;

    /// Sets the value to a blank one of variant `n`.
    fn take(&mut self, n: usize);

    /// Visits the keys of the value, which has variant `n`.
    fn visit(&mut self, n: usize, keys: &mut Keys);

    /// Visits the keys of a blank value of variant `n`, without changing the value.
    fn example(&mut self, n: usize, keys: &mut Keys);
}

pub struct Choice<'a, T, F> {
    pub value: &'a mut T,
    pub variants: &'a [Variant<T>],
    pub visit: F,
}

impl<T: Clone, F: FnMut(&mut T, &str, &mut Keys)> Branches for Choice<'_, T, F> {
    fn words(&self) -> Vec<(&'static str, &'static str)> {
        self.variants.iter().map(|variant| (variant.word, variant.says)).collect()
    }

    fn current(&self) -> Option<usize> {
        self.variants.iter().position(|variant| (variant.is)(self.value))
    }

    fn take(&mut self, n: usize) {
        *self.value = (self.variants[n].blank)();
    }

    fn visit(&mut self, n: usize, keys: &mut Keys) {
        (self.visit)(self.value, self.variants[n].word, keys);
    }

    fn example(&mut self, n: usize, keys: &mut Keys) {
        let value = self.value.clone();
        self.take(n);
        self.visit(n, keys);
        *self.value = value;
    }
}
