//! The exception classes, in one table: name, base, fields of its own, documentation.
//!
//! From it come the static class definitions, the constructor functions natives use (`type_error("...")`), and the list
//! with which the builtins module is filled.

use std::borrow::Cow;

use memory::{Object, Value};

use crate::class::{ClassDef, ClassFlags, TypeExt};
use crate::error::Raised;
use crate::types::exception::{self, BaseException};
use crate::types::{exception_group, exception_methods, os_error};

macro_rules! exceptions {
    ($($(#[$doc:meta])* $constant:ident $function:ident $name:literal ($base:ident) [$($field:literal)*] $text:literal $(($slots:path $(, methods $methods:path)? $(, getsets $getsets:path)?))?;)*) => {
        $(
            /// The definition of this exception class.
            pub static $constant: ClassDef = exception::definition($name, $text, Some(&$base), &[$($field),*])
                $(.with_slots($slots)$(.with_methods($methods))?$(.with_getsets($getsets))?)?;
        )*
        $(
            #[doc = concat!("A raised ", $name, ".")]
            #[cold]
            pub fn $function<'a>(message: impl Into<Message<'a>>) -> Raised {
                raise(&$constant, message)
            }
        )*
        /// Every exception class but BaseException, bases first.
        pub static EXCEPTIONS: &[&ClassDef] = &[$(&$constant),*];
    };
}

/// What an exception is made from: text, usually, or a value.
pub enum Message<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// The one argument.
    Value(Value),
    /// No argument.
    None,
}

impl<'a> From<&'a str> for Message<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Message<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Value> for Message<'_> {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<&Value> for Message<'_> {
    fn from(value: &Value) -> Self {
        Self::Value(value.clone())
    }
}

impl From<()> for Message<'_> {
    fn from((): ()) -> Self {
        Self::None
    }
}

/// Raises a new instance of `class` with one argument (or none).
#[cold]
pub fn raise<'a>(class: &'static ClassDef, message: impl Into<Message<'a>>) -> Raised {
    exception::raise_new(class.object(), message.into())
}

/// Raises a new instance of a class that is known at run time only.
#[cold]
pub fn raise_class<'a>(class: &Object<crate::class::Type>, message: impl Into<Message<'a>>) -> Raised {
    debug_assert!(class.is_subclass_of(BASE_EXCEPTION.object()));
    exception::raise_new(class, message.into())
}

/// The definition of BaseException, which is the payload's own.
pub static BASE_EXCEPTION: ClassDef = exception::base_definition();

exceptions! {
    EXCEPTION exception_error "Exception" (BASE_EXCEPTION) [] "Common base class for all non-exit exceptions.";
    SYSTEM_EXIT system_exit "SystemExit" (BASE_EXCEPTION) ["code"] "Request to exit from the interpreter." (exception::system_exit_slots);
    KEYBOARD_INTERRUPT keyboard_interrupt "KeyboardInterrupt" (BASE_EXCEPTION) [] "Program interrupted by user.";
    GENERATOR_EXIT generator_exit "GeneratorExit" (BASE_EXCEPTION) [] "Request that a generator exit.";
    BASE_EXCEPTION_GROUP base_exception_group "BaseExceptionGroup" (BASE_EXCEPTION) ["message" "exceptions"] "A combination of multiple unrelated exceptions." (exception::group_slots, methods exception_group::METHODS);
    STOP_ITERATION stop_iteration "StopIteration" (EXCEPTION) ["value"] "Signal the end from iterator.__next__()." (exception::stop_iteration_slots);
    STOP_ASYNC_ITERATION stop_async_iteration "StopAsyncIteration" (EXCEPTION) [] "Signal the end from iterator.__anext__().";
    ARITHMETIC_ERROR arithmetic_error "ArithmeticError" (EXCEPTION) [] "Base class for arithmetic errors.";
    FLOATING_POINT_ERROR floating_point_error "FloatingPointError" (ARITHMETIC_ERROR) [] "Floating-point operation failed.";
    OVERFLOW_ERROR overflow_error "OverflowError" (ARITHMETIC_ERROR) [] "Result too large to be represented.";
    ZERO_DIVISION_ERROR zero_division_error "ZeroDivisionError" (ARITHMETIC_ERROR) [] "Second argument to a division or modulo operation was zero.";
    ASSERTION_ERROR assertion_error "AssertionError" (EXCEPTION) [] "Assertion failed.";
    ATTRIBUTE_ERROR attribute_error "AttributeError" (EXCEPTION) ["name" "obj"] "Attribute not found." (exception::attribute_error_slots, methods exception_methods::ATTRIBUTE_METHODS);
    BUFFER_ERROR buffer_error "BufferError" (EXCEPTION) [] "Buffer error.";
    EOF_ERROR eof_error "EOFError" (EXCEPTION) [] "Read beyond end of file.";
    IMPORT_ERROR import_error "ImportError" (EXCEPTION) ["msg" "name" "path" "name_from"] "Import can't find module, or can't find name in module." (exception::import_error_slots, methods exception_methods::IMPORT_METHODS);
    MODULE_NOT_FOUND_ERROR module_not_found_error "ModuleNotFoundError" (IMPORT_ERROR) [] "Module not found.";
    LOOKUP_ERROR lookup_error "LookupError" (EXCEPTION) [] "Base class for lookup errors.";
    INDEX_ERROR index_error "IndexError" (LOOKUP_ERROR) [] "Sequence index out of range.";
    KEY_ERROR key_error "KeyError" (LOOKUP_ERROR) [] "Mapping key not found." (exception::key_error_slots);
    MEMORY_ERROR memory_error_with "MemoryError" (EXCEPTION) [] "Out of memory.";
    NAME_ERROR name_error "NameError" (EXCEPTION) ["name"] "Name not found globally." (exception::name_error_slots);
    UNBOUND_LOCAL_ERROR unbound_local_error "UnboundLocalError" (NAME_ERROR) [] "Local name referenced but not bound to a value.";
    OS_ERROR os_error "OSError" (EXCEPTION) ["errno" "strerror" "filename" "filename2" "characters_written"] "Base class for I/O related errors." (exception::os_error_slots, methods os_error::METHODS, getsets os_error::GETSETS);
    BLOCKING_IO_ERROR blocking_io_error "BlockingIOError" (OS_ERROR) [] "I/O operation would block.";
    CHILD_PROCESS_ERROR child_process_error "ChildProcessError" (OS_ERROR) [] "Child process error.";
    CONNECTION_ERROR connection_error "ConnectionError" (OS_ERROR) [] "Connection error.";
    BROKEN_PIPE_ERROR broken_pipe_error "BrokenPipeError" (CONNECTION_ERROR) [] "Broken pipe.";
    CONNECTION_ABORTED_ERROR connection_aborted_error "ConnectionAbortedError" (CONNECTION_ERROR) [] "Connection aborted.";
    CONNECTION_REFUSED_ERROR connection_refused_error "ConnectionRefusedError" (CONNECTION_ERROR) [] "Connection refused.";
    CONNECTION_RESET_ERROR connection_reset_error "ConnectionResetError" (CONNECTION_ERROR) [] "Connection reset.";
    FILE_EXISTS_ERROR file_exists_error "FileExistsError" (OS_ERROR) [] "File already exists.";
    FILE_NOT_FOUND_ERROR file_not_found_error "FileNotFoundError" (OS_ERROR) [] "File not found.";
    INTERRUPTED_ERROR interrupted_error "InterruptedError" (OS_ERROR) [] "Interrupted by signal.";
    IS_A_DIRECTORY_ERROR is_a_directory_error "IsADirectoryError" (OS_ERROR) [] "Operation doesn't work on directories.";
    NOT_A_DIRECTORY_ERROR not_a_directory_error "NotADirectoryError" (OS_ERROR) [] "Operation only works on directories.";
    PERMISSION_ERROR permission_error "PermissionError" (OS_ERROR) [] "Not enough permissions.";
    PROCESS_LOOKUP_ERROR process_lookup_error "ProcessLookupError" (OS_ERROR) [] "Process not found.";
    TIMEOUT_ERROR timeout_error "TimeoutError" (OS_ERROR) [] "Timeout expired.";
    REFERENCE_ERROR reference_error "ReferenceError" (EXCEPTION) [] "Weak ref proxy used after referent went away.";
    RUNTIME_ERROR runtime_error "RuntimeError" (EXCEPTION) [] "Unspecified run-time error.";
    NOT_IMPLEMENTED_ERROR not_implemented_error "NotImplementedError" (RUNTIME_ERROR) [] "Method or function hasn't been implemented yet.";
    PYTHON_FINALIZATION_ERROR python_finalization_error "PythonFinalizationError" (RUNTIME_ERROR) [] "Operation blocked during Python finalization.";
    RECURSION_ERROR recursion_error "RecursionError" (RUNTIME_ERROR) [] "Recursion limit exceeded.";
    SYNTAX_ERROR syntax_error "SyntaxError" (EXCEPTION) ["msg" "filename" "lineno" "offset" "text" "end_lineno" "end_offset" "print_file_and_line" "_metadata"] "Invalid syntax." (exception::syntax_error_slots);
    INDENTATION_ERROR indentation_error "IndentationError" (SYNTAX_ERROR) [] "Improper indentation.";
    TAB_ERROR tab_error "TabError" (INDENTATION_ERROR) [] "Improper mixture of spaces and tabs.";
    INCOMPLETE_INPUT_ERROR incomplete_input_error "_IncompleteInputError" (SYNTAX_ERROR) [] "incomplete input.";
    SYSTEM_ERROR system_error "SystemError" (EXCEPTION) [] "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    TYPE_ERROR type_error "TypeError" (EXCEPTION) [] "Inappropriate argument type.";
    VALUE_ERROR value_error "ValueError" (EXCEPTION) [] "Inappropriate argument value (of correct type).";
    UNICODE_ERROR unicode_error "UnicodeError" (VALUE_ERROR) [] "Unicode related error.";
    UNICODE_ENCODE_ERROR unicode_encode_error "UnicodeEncodeError" (UNICODE_ERROR) ["encoding" "object" "start" "end" "reason"] "Unicode encoding error." (exception::unicode_encode_slots);
    UNICODE_DECODE_ERROR unicode_decode_error "UnicodeDecodeError" (UNICODE_ERROR) ["encoding" "object" "start" "end" "reason"] "Unicode decoding error." (exception::unicode_decode_slots);
    UNICODE_TRANSLATE_ERROR unicode_translate_error "UnicodeTranslateError" (UNICODE_ERROR) ["object" "start" "end" "reason"] "Unicode translation error." (exception::unicode_translate_slots);
    WARNING warning "Warning" (EXCEPTION) [] "Base class for warning categories.";
    BYTES_WARNING bytes_warning "BytesWarning" (WARNING) [] "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    DEPRECATION_WARNING deprecation_warning "DeprecationWarning" (WARNING) [] "Base class for warnings about deprecated features.";
    ENCODING_WARNING encoding_warning "EncodingWarning" (WARNING) [] "Base class for warnings about encodings.";
    FUTURE_WARNING future_warning "FutureWarning" (WARNING) [] "Base class for warnings about constructs that will change semantically\nin the future.";
    IMPORT_WARNING import_warning "ImportWarning" (WARNING) [] "Base class for warnings about probable mistakes in module imports";
    PENDING_DEPRECATION_WARNING pending_deprecation_warning "PendingDeprecationWarning" (WARNING) [] "Base class for warnings about features which will be deprecated\nin the future.";
    RESOURCE_WARNING resource_warning "ResourceWarning" (WARNING) [] "Base class for warnings about resource usage.";
    RUNTIME_WARNING runtime_warning "RuntimeWarning" (WARNING) [] "Base class for warnings about dubious runtime behavior.";
    SYNTAX_WARNING syntax_warning "SyntaxWarning" (WARNING) [] "Base class for warnings about dubious syntax.";
    UNICODE_WARNING unicode_warning "UnicodeWarning" (WARNING) [] "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    USER_WARNING user_warning "UserWarning" (WARNING) [] "Base class for warnings generated by user code.";
}

/// A raised MemoryError: an instance made beforehand, for there is no memory to make one.
#[cold]
pub fn memory_error() -> Raised {
    exception::spare_memory_error()
}

/// The flags of every exception class.
pub const EXCEPTION_FLAGS: ClassFlags =
    ClassFlags::BASETYPE.union(ClassFlags::EXCEPTION).union(ClassFlags::HAS_DICT);

/// An exception instance's payload, for who imports this table.
pub type Payload = BaseException;

/// The name under which builtins has the class of groups of ordinary exceptions.
pub const EXCEPTION_GROUP_NAME: &str = "ExceptionGroup";
