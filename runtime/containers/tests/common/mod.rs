//! What the tests of containers share: objects that hold one, and the settings in which every test body runs.
#![allow(dead_code, reason = "each test program uses some of it")]

use std::thread as os;

use containers::dict::Dict;
use containers::list::Items;
use containers::set::Set;
use memory::{Exclusive, Memory, Object, Trace, TypeDesc, TypedShape, Value, Visitor};
use mock::{NodeOptions, Tally, new_node};
use threads::Thread;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Declares an object that holds one container.
macro_rules! holder {
    ($name:ident, $container:ty, $shape:ident, $text:literal) => {
        /// An object with nothing but a container.
        #[derive(Debug)]
        pub struct $name(pub $container);

        // SAFETY: the container visits its references, and has no others.
        unsafe impl Trace for $name {
            const NAME: &'static str = $text;
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                self.0.trace(visitor);
            }
        }

        pub static $shape: TypedShape<$name> = {
            static DESC: TypeDesc = TypeDesc::of::<$name>();
            // SAFETY: `DESC` is made for the same type.
            unsafe { TypedShape::new(&DESC) }
        };

        impl $name {
            /// The object behind `value`.
            pub fn of(value: &Value) -> &Object<Self> {
                Object::of(value, &$shape).expect($text)
            }

            /// Runs `change` with the right to change the container of `value`.
            pub fn edit<R>(
                th: &mut Thread,
                value: &Value,
                change: impl FnOnce(containers::Edit<'_, $container>) -> R,
            ) -> R {
                let mut section = Exclusive::open(th, Self::of(value));
                change(containers::Edit::new(&mut section, |holder| &holder.0))
            }
        }
    };
}

holder!(List, Items, LIST, "list");
holder!(Map, Dict, MAP, "map");
holder!(Bag, Set, BAG, "bag");

/// Private or shared, alone or in company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub shared: bool,
    pub company: bool,
}

/// Runs `body` in every setting.
pub fn in_every_setting(body: impl Fn(&mut Thread, Setting)) {
    for shared in [false, true] {
        let world = Memory::new_world(false);
        let mut th = world.register().expect("an id");
        body(&mut th, Setting { shared, company: false });
        drop(th);
        with_company(|th| body(th, Setting { shared, company: true }));
    }
}

impl Setting {
    /// Makes `value` what the setting says.
    pub fn prepare(self, value: Value) -> Value {
        if self.shared {
            memory::publish(&value);
        }
        value
    }
}

/// An object whose life `tally` counts.
pub fn node(th: &mut Thread, tally: &Arc<Tally>) -> Value {
    new_node(th, tally, NodeOptions::default()).expect("memory")
}

/// A small int.
pub fn int(value: i64) -> Value {
    Value::from_int(value).expect("a small int")
}

/// Waits until the objects that others may have borrowed are gone, and asserts that all are.
pub fn assert_all_gone(th: &mut Thread, tally: &Tally) {
    for _ in 0..10_000 {
        if tally.alive() == 0 {
            return;
        }
        memory::refresh(th);
        let _ = th.poll();
        os::yield_now();
    }
    assert_eq!(tally.alive(), 0, "INV-LIST-4, INV-DICT-5: a count was lost or doubled");
}

/// A small generator of test data: xorshift.
pub struct Random(pub u64);

impl Random {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// Runs `body` with a second thread attached that polls until it is done, so that the mode is multi.
pub fn with_company(body: impl FnOnce(&mut Thread)) {
    let world = Memory::new_world(false);
    let done = AtomicBool::new(false);
    let (here, gone) = (AtomicBool::new(false), AtomicBool::new(false));
    os::scope(|scope| {
        scope.spawn(|| {
            let mut th = world.register().expect("an id");
            here.store(true, SeqCst);
            while !done.load(SeqCst) {
                let _ = th.poll();
                os::yield_now();
            }
            drop(th);
            gone.store(true, SeqCst);
        });
        let mut th = world.register().expect("an id");
        while !here.load(SeqCst) || th.is_solo() {
            let _ = th.poll();
        }
        body(&mut th);
        done.store(true, SeqCst);
        while !gone.load(SeqCst) {
            let _ = th.poll();
        }
    });
}
