//! Which attributes of native classes CPython keeps at fixed places of their instances.
//!
//! It shows them as `member_descriptor`, and refuses to change most of them in words of its own. Here nearly all are
//! computed; this table says which are to look so.

use crate::class::Type;

/// Whether attribute `name` of the native class is a member.
pub(super) fn is_member(class: &Type, name: &str) -> bool {
    let (module, of) = (class.native.module, class.native.name);
    let of = of.rsplit('.').next().unwrap_or(of);
    MEMBERS.iter().any(|(m, class, names)| *class == of && *m == module && names.contains(&name))
}

/// Module, class, names.
const MEMBERS: &[(&str, &str, &[&str])] = &[
    ("_contextvars", "ContextVar", &["name"]),
    ("builtins", "AttributeError", &["name", "obj"]),
    ("builtins", "BaseException", &["__suppress_context__"]),
    ("builtins", "BaseExceptionGroup", &["exceptions", "message"]),
    ("builtins", "ImportError", &["msg", "name", "name_from", "path"]),
    ("builtins", "NameError", &["name"]),
    ("builtins", "OSError", &["errno", "filename", "filename2", "strerror"]),
    ("builtins", "StopIteration", &["value"]),
    (
        "builtins",
        "SyntaxError",
        &[
            "_metadata",
            "end_lineno",
            "end_offset",
            "filename",
            "lineno",
            "msg",
            "offset",
            "print_file_and_line",
            "text",
        ],
    ),
    ("builtins", "SystemExit", &["code"]),
    ("builtins", "UnicodeDecodeError", &["encoding", "end", "object", "reason", "start"]),
    ("builtins", "UnicodeEncodeError", &["encoding", "end", "object", "reason", "start"]),
    ("builtins", "UnicodeTranslateError", &["encoding", "end", "object", "reason", "start"]),
    ("builtins", "async_generator", &["ag_running"]),
    ("builtins", "builtin_function_or_method", &["__module__"]),
    ("builtins", "classmethod", &["__func__", "__wrapped__"]),
    ("builtins", "classmethod_descriptor", &["__name__", "__objclass__"]),
    (
        "builtins",
        "code",
        &[
            "co_argcount",
            "co_consts",
            "co_exceptiontable",
            "co_filename",
            "co_firstlineno",
            "co_flags",
            "co_kwonlyargcount",
            "co_linetable",
            "co_name",
            "co_names",
            "co_nlocals",
            "co_posonlyargcount",
            "co_qualname",
            "co_stacksize",
        ],
    ),
    ("builtins", "complex", &["imag", "real"]),
    ("builtins", "coroutine", &["cr_origin"]),
    ("builtins", "frame", &["f_trace_lines"]),
    ("builtins", "function", &["__builtins__", "__closure__", "__globals__"]),
    ("builtins", "getset_descriptor", &["__name__", "__objclass__"]),
    ("builtins", "member_descriptor", &["__name__", "__objclass__"]),
    ("builtins", "method", &["__func__", "__self__"]),
    ("builtins", "method-wrapper", &["__self__"]),
    ("builtins", "method_descriptor", &["__name__", "__objclass__"]),
    ("builtins", "module", &["__dict__"]),
    ("builtins", "property", &["__doc__", "fdel", "fget", "fset"]),
    ("builtins", "range", &["start", "step", "stop"]),
    ("builtins", "slice", &["start", "step", "stop"]),
    ("builtins", "staticmethod", &["__func__", "__wrapped__"]),
    ("builtins", "super", &["__self__", "__self_class__", "__thisclass__"]),
    ("builtins", "traceback", &["tb_frame", "tb_lasti"]),
    (
        "builtins",
        "type",
        &["__base__", "__basicsize__", "__dictoffset__", "__flags__", "__itemsize__", "__weakrefoffset__"],
    ),
    ("builtins", "wrapper_descriptor", &["__name__", "__objclass__"]),
    ("string.templatelib", "Interpolation", &["conversion", "expression", "format_spec", "value"]),
    ("string.templatelib", "Template", &["interpolations", "strings"]),
    ("types", "GenericAlias", &["__args__", "__origin__", "__unpacked__"]),
    ("types", "SimpleNamespace", &["__dict__"]),
    ("typing", "TypeAliasType", &["__name__"]),
    ("weakref", "ReferenceType", &["__callback__"]),
];

#[cfg(test)]
mod tests {
    use super::MEMBERS;

    #[test]
    fn the_table_is_sorted() {
        assert!(MEMBERS.is_sorted_by_key(|(module, class, _)| (*module, *class)));
        assert!(MEMBERS.iter().all(|(_, _, names)| names.is_sorted()));
    }
}
