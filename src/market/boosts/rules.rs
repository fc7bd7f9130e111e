//! What each kind of boost costs and how long it lasts.

use crate::base::clock::HOUR;
use crate::base::config::Economy;
use crate::content::notes::BoostKind;

/// The terms of a boost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whole tokens.
    pub price: i64,
    /// How long it lasts, in milliseconds.
    pub millis: i64,
}

impl Terms {
    /// The terms that the settings name.
    #[must_use]
    pub fn of(kind: BoostKind, economy: &Economy) -> Terms {
        let (price, hours) = match kind {
            BoostKind::Highlight => (economy.boost_highlight, economy.boost_highlight_hours),
            BoostKind::Pin => (economy.boost_pin, economy.boost_pin_hours),
            BoostKind::Superpin => (economy.boost_superpin, economy.boost_superpin_hours),
        };
        Terms { price, millis: hours * HOUR }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_are_those_of_reference_1() {
        for (kind, price, hours) in
            [(BoostKind::Highlight, 10, 24), (BoostKind::Pin, 30, 48), (BoostKind::Superpin, 80, 24)]
        {
            let terms = Terms::of(kind, &Economy::default());
            assert_eq!(terms, Terms { price, millis: hours * HOUR }, "{kind}");
        }
    }
}
