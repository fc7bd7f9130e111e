//! Memory beside the file: what rooms gather or keep ready between transactions, one value of each type for each store.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

#[derive(Default)]
pub(super) struct Memory {
    values: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Memory {
    pub(super) fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let found = self.values.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<T>()).cloned();
        let value = found.unwrap_or_else(|| {
            let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(values.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())))
        });
        value.downcast().unwrap_or_else(|_| unreachable!("a value is stored under its own type"))
    }

    /// Forgets all values but those of some types. Who holds one keeps it for itself.
    pub(super) fn forget(&self, kept: &[TypeId]) {
        self.values.write().unwrap_or_else(PoisonError::into_inner).retain(|of, _| kept.contains(of));
    }
}
