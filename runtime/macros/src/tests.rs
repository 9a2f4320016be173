//! Snapshots of the output, and what must not compile. `BLESS=1` rewrites the snapshots; the difference is reviewed.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::default::Default;
use crate::{class, handler, methods, module, signature};

type Expand = fn(TokenStream, TokenStream) -> TokenStream;

fn expanded(expand: Expand, arguments: &str, item: &str) -> TokenStream {
    expand(arguments.parse().expect("tokens"), item.parse().expect("tokens"))
}

/// The errors in `output`: what is said, and the first token that it is said of.
fn errors(output: TokenStream) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let tokens: Vec<_> = output.into_iter().collect();
    for (place, token) in tokens.iter().enumerate() {
        match (token, tokens.get(place + 2)) {
            (TokenTree::Ident(name), Some(TokenTree::Group(message))) if name == "compile_error" => {
                let message: syn::LitStr = syn::parse2(message.stream()).expect("a message");
                found.push((message.value(), name.span().source_text().unwrap_or_default()));
            }
            (TokenTree::Group(group), _) => found.extend(errors(group.stream())),
            _ => {}
        }
    }
    found
}

#[track_caller]
fn fails(expand: Expand, arguments: &str, item: &str, message: &str, at: &str) {
    let errors = errors(expanded(expand, arguments, item));
    assert_eq!(errors, [(message.to_owned(), at.to_owned())], "of {item}");
}

/// A module whose one function fails.
#[track_caller]
fn function_fails(function: &str, message: &str, at: &str) {
    fails(module::expand, "\"m\"", &format!("pub mod m {{ {function} }}"), message, at);
}

#[track_caller]
fn method_fails(function: &str, message: &str, at: &str) {
    fails(methods::expand, "List", &format!("pub mod m {{ {function} }}"), message, at);
}

#[track_caller]
fn snapshot(name: &str, expand: Expand, arguments: &str, item: &str) {
    let file = syn::parse2(expanded(expand, arguments, item)).expect("Rust");
    let got = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{name}.txt"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &got).expect("written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(got == expected, "{} differs:\n{got}", path.display());
}

#[test]
fn a_function_with_a_fixed_number_of_arguments() {
    let item = r#"
        pub mod math {
            /// Return the sum.
            pub fn add(th: &mut Thread, a: f64, b: f64) -> f64 { a + b }
        }"#;
    snapshot("fixed", module::expand, r#""math", doc = "Numbers.""#, item);
}

#[test]
fn a_function_with_optional_arguments() {
    let item = r#"
        pub mod m {
            /// Whether they are close.
            #[sig("(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
            pub fn isclose(a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> Result<bool> { Ok(a == b) }
            #[init]
            pub fn exec(th: &mut Thread, module: &Value) -> Result<()> { Ok(()) }
            #[name("pi")]
            pub const PI: f64 = 3.14;
        }"#;
    snapshot("optional", module::expand, r#""m""#, item);
}

#[test]
fn methods_with_each_receiver() {
    let item = r#"
        pub mod methods {
            /// Append.
            pub fn append(mut list: Exclusive<'_, List>, object: Value) { list.push(object); }
            /// Make one.
            #[new]
            #[sig("(*args, **kwargs)")]
            pub fn new(th: &mut Thread, class: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> { x }
            /// Its length.
            #[getter]
            pub fn size(list: &Object<List>) -> usize { list.len() }
            /// Changes it.
            #[setter]
            pub fn set_size(th: &mut Thread, list: &Object<List>, value: &Value) -> Result<()> { Ok(()) }
        }"#;
    snapshot("methods", methods::expand, "List", item);
}

#[test]
fn a_class_with_everything() {
    let arguments = r#""list", basetype, sequence, methods, new, base = OTHER, slots(Iter), module = "m""#;
    let item = "/// A list.\npub struct List { #[trace] items: Items, other: usize }";
    snapshot("class", class::expand, arguments, item);
}

#[test]
fn a_handler_has_one_of_two_calling_conventions() {
    let item = "#[inline(never)] pub(super) fn nop<const N: u8>(thread: &mut Thread, pc: Pc) -> Next { go(thread, pc) }";
    snapshot("handler", handler::expand, "", item);
    let extern_item = "extern \"C\" fn nop() -> Next { go() }";
    let message = "a handler's calling convention is not chosen here";
    fails(handler::expand, "", extern_item, message, "extern");
    fails(handler::expand, "fast", "fn nop() -> Next { go() }", "handler takes no arguments", "fast");
}

#[test]
fn a_function_is_documented() {
    function_fails("pub fn f() {}", "a native function needs a doc comment: it is its `__doc__`", "f");
    method_fails(
        "#[getter] pub fn f(x: &Value) {}",
        "a getter needs a doc comment: it is its `__doc__`",
        "f",
    );
}

#[test]
fn a_function_is_ordinary() {
    function_fails("/// D\npub fn f<T>(x: T) {}", "a native function cannot be generic", "<");
    function_fails("/// D\npub async fn f() {}", "a native function is an ordinary Rust function", "async");
    function_fails("/// D\npub fn f(&self) {}", "a native function has no `self`: name the receiver", "&");
    function_fails(
        "/// D\npub fn f((a, b): P) {}",
        "a parameter of a native function needs a name",
        "(a, b)",
    );
    function_fails(
        "/// D\npub fn f(x: impl X) {}",
        "a parameter of a native function has a known type",
        "impl",
    );
    function_fails(
        "/// D\npub fn f(x: i64, th: &mut Thread) {}",
        "the thread is the first parameter",
        "th: &mut Thread",
    );
}

#[test]
fn a_signature_agrees_with_the_function() {
    let with = |sig: &str, rest: &str| format!("/// D\n#[sig({sig})] pub fn f({rest}) {{}}");
    let quoted = "\"(a, b)\"";
    function_fails(&with(quoted, "a: X"), "the signature has 2 parameters, the function 1", quoted);
    function_fails(&with(quoted, "a: X, c: X"), "the signature has `b` in place of `c`", "c: X");
    function_fails(&with("\"(a=1)\", shown", "a: X"), "only `hidden` may follow the signature", "shown");
    function_fails(&with("\"(*a)\"", "a: X"), "`*a` is a `Rest<'_>` or a `&[Value]`", "X");
    function_fails(&with("\"(**a)\"", "a: Rest<'_>"), "`**a` is a `KwRest<'_>`", "Rest");
    function_fails(&with("\"(a)\"", "a: KwRest<'_>"), "the signature needs a star before `a`", "KwRest");
    function_fails(&with("\"(a=None)\"", "a: i64"), "the default `None` needs an `Option` type", "i64");
    function_fails(&with("\"(a=())\"", "a: &Value"), "the default `()` needs an `Option` type", "&");
    function_fails(
        "/// D\npub fn f(a: Rest<'_>, b: X) {}",
        "a parameter after the rest needs a `#[sig]`",
        "b: X",
    );
}

#[test]
fn a_signature_is_pythons() {
    let error = |text| signature::parse(text).expect_err("wrong");
    assert_eq!(error("a, b"), "a signature is written in parentheses");
    assert_eq!(error("(a, $self)"), "`$self` must come first");
    assert_eq!(error("(/, a)"), "`/` follows the positional parameters, once");
    assert_eq!(error("(a, *, b, /)"), "`/` follows the positional parameters, once");
    assert_eq!(error("(a=1, b)"), "`b` without a default follows one with a default");
    assert_eq!(error("(a, a)"), "there are two parameters `a`");
    assert_eq!(error("(a, *)"), "`*` must be followed by a named parameter");
    assert_eq!(error("(*, **k)"), "`*` must be followed by a named parameter");
    assert_eq!(error("(*a, *, b)"), "there can be only one `*`");
    assert_eq!(error("(**k, a)"), "`a` follows the `**` parameter");
    assert_eq!(error("(a, , b)"), "there is nothing between two commas");
    assert_eq!(error("(a=(1)"), "a bracket or a string is not closed");
    assert_eq!(error("(a=1))"), "the parentheses do not match");
    assert_eq!(error("(a: int)"), "`a: int` is not a parameter");
    assert_eq!(error("(*a=1)"), "`a=1` has no such default");
    assert_eq!(signature::parse("()"), Ok(Vec::new()));
    let text = |text| signature::parse(text).map(|parameters| signature::text(Some("self"), &parameters));
    assert_eq!(text("(a,b = ', )',/,c=(1, 2),)"), Ok("($self, a, b=', )', /, c=(1, 2))".to_owned()));
    assert_eq!(text("(a, /, *, b)"), Ok("($self, a, /, *, b)".to_owned()));
    assert_eq!(text("(a, *b, c)"), Ok("($self, /, a, *b, c)".to_owned()));
}

#[test]
fn defaults_are_literals() {
    assert_eq!(Default::parse("-0x_ff"), Default::Int(-255));
    assert_eq!(Default::parse("-9223372036854775808"), Default::Int(i64::MIN));
    assert_eq!(Default::parse("1_000"), Default::Int(1000));
    assert_eq!(Default::parse("1e-09"), Default::Float(1e-9));
    assert_eq!(Default::parse("'a\\n\\x41'"), Default::Str("a\nA".to_owned()));
    assert_eq!(Default::parse("b'\\xff'"), Default::Bytes(vec![255]));
    assert_eq!(Default::parse("'a' + 'b'"), Default::Other);
    assert_eq!(Default::parse("0xé"), Default::Other);
    assert_eq!(Default::parse("()"), Default::Other);
}

#[test]
fn a_receiver_fits_its_method() {
    let missing = "a receiver is missing: the first parameter after the thread";
    method_fails("/// D\npub fn f(th: &mut Thread) {}", missing, "f");
    let two = "an `Exclusive` receiver borrows the thread: there is no parameter for it";
    method_fails("/// D\npub fn f(th: &mut Thread, l: Exclusive<'_, List>) {}", two, "th");
    let class = "the class comes first, as `class: &Value`";
    method_fails("/// D\n#[new] pub fn f(x: i64) {}", class, "x");
    let function = "pub mod m { /// D\npub fn f(list: &Object<List>) {} }";
    let payload = "such a receiver needs the payload: `#[native::methods(Payload)]`";
    fails(methods::expand, "", function, payload, "list");
}

#[test]
fn attributes_are_well_formed() {
    let getter = "/// D\n#[getter] pub fn x(v: &Value) {}";
    let many = "a getter takes the receiver alone";
    method_fails("/// D\n#[getter] pub fn x(v: &Value, a: i64) {}", many, "v: &Value, a: i64");
    method_fails(
        "#[setter] pub fn set_x(v: &Value, a: &Value) {}",
        "there is no getter of `x` before it",
        "set_x",
    );
    let name = "a setter is called `set_` and the attribute's name, or names it: `#[setter(\"x\")]`";
    method_fails("#[setter] pub fn x(v: &Value, a: &Value) {}", name, "x");
    let value = "a setter takes a `&Value`, or an `Option<&Value>` if the attribute can be deleted";
    method_fails(&format!("{getter} #[setter] pub fn set_x(v: &Value, a: i64) {{}}"), value, "i64");
    let receiver = "the receiver of an attribute is `&Value`, `&Object<T>` or `Exclusive<'_, T>`";
    method_fails("/// D\n#[getter] pub fn x(v: i64) {}", receiver, "v: i64");
    let twice = "/// D\n#[new] pub fn a(c: &Value) {} /// D\n#[new] pub fn b(c: &Value) {}";
    method_fails(twice, "there is another `#[new]`", "b");
}

#[test]
fn a_module_is_well_formed() {
    let missing = "the module's name comes first: `#[native::module(\"name\")]`";
    fails(module::expand, "doc = \"\"", "pub mod m {}", missing, "doc");
    fails(module::expand, "\"m\", x", "pub mod m {}", "a module has `doc` and `classes(...)`", "x");
    let out = "the module must be written out: `pub mod name { ... }`";
    fails(module::expand, "\"m\"", "pub mod m;", out, "pub");
    let kinds = "a constant is an `i64` or smaller, an `f64`, a `bool` or a `&str`";
    function_fails("pub const X: u64 = 1;", kinds, "u64");
}

#[test]
fn a_class_is_well_formed() {
    let missing = "the type's name comes first: `#[native::class(\"name\")]`";
    fails(class::expand, "basetype", "struct X;", missing, "basetype");
    fails(class::expand, "\"x\", base()", "struct X;", "a type has no such option", "base");
    fails(class::expand, "\"x\"", "struct X<T> { x: T }", "a payload cannot be generic", "<");
    let reference = "this may hold a reference: mark it `#[trace]`, or `#[untraced]` if it never does";
    fails(class::expand, "\"x\"", "struct X { x: Vec<Option<Value>> }", reference, "Vec");
    assert_eq!(errors(expanded(class::expand, "\"x\"", "struct X(#[untraced] Value);")), []);
}

#[test]
fn all_errors_are_reported_at_once() {
    let item = "pub mod m { pub fn f() {} pub fn g() {} }";
    assert_eq!(errors(expanded(module::expand, "\"m\"", item)).len(), 2);
}
