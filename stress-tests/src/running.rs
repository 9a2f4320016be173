//! Operations on threads and on the world: detaching, the gate, stops, collections, starting threads.

use std::time::Duration;

use memory::{Published, collector};
use threads::sync::{Arc, thread};

use crate::actor::{self, Actor, Role};
use crate::step::Step;

/// Operations of a thread that a thread of the round starts.
const CHILD_OPERATIONS: u64 = 400;

impl Actor {
    pub(crate) fn detach(&mut self, step: Step) {
        self.th.detached(|| match step.a % 4 {
            0 => std::thread::sleep(Duration::from_micros(step.b % 200)),
            1 => {}
            _ => thread::yield_now(),
        });
    }

    pub(crate) fn become_solo(&mut self) {
        let world = Arc::clone(self.th.world());
        world.try_become_solo(&mut self.th);
    }

    pub(crate) fn set_gil(&mut self, step: Step) {
        // Mostly off: with it nothing runs at once.
        let gil = step.a.is_multiple_of(4) || self.shared.plan.gil;
        self.th.stop_the_world().set_gil(gil);
    }

    pub(crate) fn stop(&mut self) {
        let mut stopped = self.th.stop_the_world();
        if let Err(wrong) = collector::verify(&mut stopped) {
            panic!("{wrong}");
        }
    }

    pub(crate) fn collect(&mut self) {
        collector::collect(&mut self.th);
        if cfg!(zeal) {
            self.stop();
        }
    }

    pub(crate) fn tune_collector(&mut self, step: Step) {
        match step.a % 4 {
            0 => drop(collector::set_enabled(&self.th, step.b.is_multiple_of(4))),
            1 => collector::freeze(&mut self.th),
            2 => collector::unfreeze(&mut self.th),
            _ => drop(collector::frozen_count(&mut self.th)),
        }
    }

    pub(crate) fn inspect(&mut self, step: Step) {
        let target = self.any(step.b);
        let mut stopped = self.th.stop_the_world();
        let found = match (step.a % 4, target) {
            (0, _) => collector::objects(&mut stopped),
            (1, Some(target)) => collector::referrers(&mut stopped, &[target]),
            (_, Some(target)) => collector::referents(&mut stopped, &target),
            (_, None) => Vec::new(),
        };
        drop(stopped);
        found.iter().for_each(actor::look);
    }

    pub(crate) fn start(&mut self, step: Step) {
        if self.may_start == 0 {
            return;
        }
        self.may_start -= 1;
        let role = Role {
            name: format!("child {:016x}", step.a),
            seed: step.a,
            operations: (step.b % CHILD_OPERATIONS) as usize,
            may_start: 0,
        };
        let (shared, board) = (Arc::clone(&self.shared), Published::new(self.board.clone()));
        self.children.push(thread::spawn(move || actor::play(shared, board, &role)));
    }
}
