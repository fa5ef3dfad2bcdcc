//! Where the functions and classes of the project come from, as the marks in its code have noted.

use rquickjs::{Array, Ctx, Function, Value};
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::{modules::ModuleId, sandbox::loader::rigkit};

/// Says where a function or class was made.
#[derive(Clone)]
pub(super) struct Origin<'js> {
    pub(super) module: ModuleId,
    pub(super) unit: usize,
    pub(super) reader: Option<Function<'js>>,
}

/// Knows the origins of functions and classes.
pub(super) struct Origins<'js> {
    /// Each function, followed by where it was made.
    noted: Array<'js>,
    /// How much of that has been read.
    read: usize,
    by_function: FxHashMap<Value<'js>, Origin<'js>>,
}

impl<'js> Origins<'js> {
    pub(super) fn new(ctx: &Ctx<'js>) -> rquickjs::Result<Self> {
        let noted: Array = rigkit(ctx)?.get("noted")?;
        let by_function = FxHashMap::with_capacity_and_hasher(noted.len() / 2, FxBuildHasher);
        Ok(Self {
            noted,
            read: 0,
            by_function,
        })
    }

    /// Says of how many functions the origin has been noted.
    pub(super) fn len(&self) -> usize {
        self.noted.len() / 2
    }

    /// Finds the origin of a function; there is none for what no module of the project made.
    pub(super) fn find(
        &mut self,
        function: &Function<'js>,
    ) -> rquickjs::Result<Option<Origin<'js>>> {
        if !self.by_function.contains_key(function.as_value()) {
            self.read_further()?;
        }
        Ok(self.by_function.get(function.as_value()).cloned())
    }

    /// Reads what has been noted since it was read last.
    fn read_further(&mut self) -> rquickjs::Result<()> {
        let end = self.noted.len();
        while self.read < end {
            let origin = read(&self.noted.get(self.read + 1)?)?;
            self.by_function.insert(self.noted.get(self.read)?, origin);
            self.read += 2;
        }
        Ok(())
    }
}

/// Takes apart what has been noted: the number by which the sandbox names a unit of a module,
/// alone or with a reader.
fn read<'js>(noted: &Value<'js>) -> rquickjs::Result<Origin<'js>> {
    let (number, reader) = match noted.as_array() {
        Some(pair) => (pair.get(0)?, Some(pair.get(1)?)),
        None => (noted.as_number().unwrap_or_default(), None),
    };
    let (module, unit) = split(number);
    Ok(Origin {
        module,
        unit,
        reader,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both parts of the number were 32 bits wide"
)]
fn split(number: f64) -> (ModuleId, usize) {
    const NUMBERS_PER_MODULE: f64 = 16_777_216.0;
    let module = ModuleId((number / NUMBERS_PER_MODULE) as u32);
    (module, (number % NUMBERS_PER_MODULE) as usize)
}
