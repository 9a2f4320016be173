//! `weft-bench substrate`: what the substrate costs beside what others do.

mod collecting;
mod counting;
pub mod exchange;
mod private;
mod publishing;
mod sharing;
mod stopping;

use std::thread;

use crate::Failure;
use crate::measure::Effort;
use crate::table::Table;

/// Measures every row and prints the table.
pub fn run(effort: Effort, python: Option<&str>) -> Result<(), Failure> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "Substrate, {cores} cores{}",
        if effort == Effort::Quick { ", quick: no figure counts" } else { "" }
    );
    println!(
        "Ratios are medians of alternating rounds; figures in ns or x are the best tenth of the rounds."
    );
    let mut table = Table::new();
    private::measure(effort, &mut table)?;
    counting::measure(effort, &mut table)?;
    sharing::measure(effort, &mut table)?;
    publishing::measure(effort, &mut table)?;
    stopping::measure(effort, &mut table)?;
    collecting::measure(effort, &mut table, python)?;
    exchange::measure(effort, &mut table)?;
    table.print();
    Ok(())
}
