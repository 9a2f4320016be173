"""Stands in for a module of CPython's that is written in C, for its tests: objects whose members are slots, here of any
type."""

_MEMBERS = """
    T_BOOL T_BYTE T_UBYTE T_SHORT T_USHORT T_INT T_UINT T_LONG T_ULONG T_PYSSIZET T_FLOAT T_DOUBLE T_STRING_INPLACE
    T_LONGLONG T_ULONGLONG T_CHAR
""".split()


class _test_structmembersType_OldAPI:
    __slots__ = _MEMBERS

    def __init__(self):
        for name in _MEMBERS:
            setattr(self, name, 0)


class _test_structmembersType_NewAPI(_test_structmembersType_OldAPI):
    __slots__ = ()
