//! Trees in generic form and back.

use compiler::ast::Mod;
use compiler::reflect::{FieldType, Quantity, node_types};
use compiler::{Options, parse};

const SOURCE: &str = "
@a
async def f[T: int = str, *Ts, **P](x, /, y: int = 1, *z, k=2, **kw) -> None:
    async with a as b: pass
    async for c in d: await e
    return [i async for i in f'{x!r:>{y}}' if i]
class C[T](B, metaclass=M):
    x: int = 1
    del x
    global g
type X[T] = T
match v:
    case {'a': [1, *_], **rest} | C(1, k=None) as n if v: pass
try: raise A from B
except* E as e: pass
else: x, *y = {**a}, {*b}
finally: assert t'{x}', b'y'
for q in (yield_ := 1,)[::2]: continue
while not -1j ** 2 <= 3: x += lambda: ...
from .a import b as c, d
import e.f
with a: nonlocal_ = 1 if 2 else 3
";

#[test]
fn a_tree_survives_the_way_there_and_back() {
    let parsed = parse(SOURCE, &Options::default()).map_err(|error| error.message);
    let module = parsed.expect("valid").module;
    assert_eq!(Mod::from_generic(module.to_generic()), Ok(module));
}

#[test]
fn the_table_describes_the_grammar() {
    let types = node_types();
    assert_eq!(types.len(), 4 + 27 + 30 + 3 + 2 + 13 + 4 + 10 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 8 + 1 + 3);
    let function = types.iter().find(|node| node.name == "FunctionDef").expect("FunctionDef");
    let fields: Vec<&str> = function.fields.iter().map(|field| field.name).collect();
    assert_eq!(fields, ["name", "args", "body", "decorator_list", "returns", "type_comment", "type_params"]);
    assert_eq!(function.fields[5].field_type, FieldType::String);
    assert!(function.located);
    let dict = types.iter().find(|node| node.name == "Dict").expect("Dict");
    assert_eq!(dict.fields[0].quantity, Quantity::OptionalSequence);
}
