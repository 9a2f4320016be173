//! The syntax tree as Python sees it: the classes of `ast`, and trees of their instances made from the compiler's and
//! turned back into them.
//!
//! | file      | concept                                                                  |
//! |-----------|--------------------------------------------------------------------------|
//! | `node`    | `ast.AST`: making nodes, their `repr`, copies and pickles                |
//! | `classes` | the classes of nodes, made from the compiler's table at first use        |
//! | `show`    | a tree of the compiler's as objects                                      |
//! | `read`    | objects, which may be anything, as a tree of the compiler's              |
//! | `module`  | the module `_ast`                                                        |

pub mod classes;
pub mod module;
pub mod node;
pub mod read;
pub mod show;

pub use read::{check_mode, is_node, tree_of};
pub use show::objects_of;
