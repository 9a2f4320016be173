"""What `sysconfig` says about how this Python was built.

There is no Makefile and no C compiler behind Weft, so the variables are those
that programs and tests ask for, with true answers; any other is None.
"""

import sys

_multiarch = getattr(sys.implementation, "_multiarch", "")
_soabi = "-".join(filter(None, [sys.implementation.cache_tag, _multiarch]))

build_time_vars = {
    "ABIFLAGS": sys.abiflags,
    "BINDIR": f"{sys.base_exec_prefix}/bin",
    "CONFIG_ARGS": "",
    "EXE": "",
    "EXT_SUFFIX": f".{_soabi}.so",
    "HAVE_FORK": 1,
    "HAVE_GETENTROPY": 1,
    "HAVE_GETRANDOM": 1,
    "HAVE_GETRANDOM_SYSCALL": int(sys.platform == "linux"),
    "HAVE_VFORK": 1,
    "LDVERSION": "3.14" + sys.abiflags,
    "LIBDEST": f"{sys.base_prefix}/lib/python3.14{sys.abiflags}",
    "LIBDIR": f"{sys.base_exec_prefix}/lib",
    "MACHDEP": sys.platform,
    "MULTIARCH": _multiarch,
    "PLATLIBDIR": sys.platlibdir,
    "PYTHONFRAMEWORK": "",
    "PY_BUILTIN_HASHLIB_HASHES": '"md5,sha1,sha2,sha3,blake2"',
    "PY_COERCE_C_LOCALE": 1,
    "PY_HAVE_PERF_TRAMPOLINE": 0,
    "PY_SUPPORT_TIER": 0,
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 1,
    "Py_HASH_ALGORITHM": 0,
    "Py_TRACE_REFS": 0,
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_INT": 4,
    "SIZEOF_LONG": 8,
    "SIZEOF_SIZE_T": 8,
    "SIZEOF_VOID_P": 8,
    "SOABI": _soabi,
    "TEST_MODULES": "yes",
    "TZPATH": ":".join([
        "/usr/share/zoneinfo",
        "/usr/lib/zoneinfo",
        "/usr/share/lib/zoneinfo",
        "/etc/zoneinfo",
    ]),
    "VERSION": "3.14",
    "WITH_DOC_STRINGS": 1,
    "WITH_DTRACE": 0,
    "WITH_PYMALLOC": 0,
    "exec_prefix": sys.base_exec_prefix,
    "platlibdir": sys.platlibdir,
    "prefix": sys.base_prefix,
}
