# Natives that get what nobody should give them: arguments beyond all bounds, receivers of other classes, names that are no strs.
import _opcode
import codecs
import os
import time


def raises(expected, act, *args):
    try:
        act(*args)
    except Exception as error:
        assert type(error).__name__ == expected, (act, args, repr(error))
        return str(error)
    raise AssertionError((act, args))


# The effect of an instruction whose argument no code has: it is computed without an overflow.
for number in range(256):
    for argument in (None, 0, 1, 1000, -1, 2**30, 2**31 - 1, -2**31):
        for jump in (None, True, False):
            try:
                assert type(_opcode.stack_effect(number, argument, jump=jump)) is int
            except ValueError as error:
                assert str(error) in ('invalid opcode or oparg',), error
raises('ValueError', _opcode.stack_effect, 47, 2**31 - 1)

# Methods that all named tuples of the system share are not for other tuples.
for name in ('__reduce__', '__replace__'):
    method = getattr(time.struct_time, name)
    told = raises('TypeError', method, (1, 2))
    assert told == f"descriptor '{name}' for 'time.struct_time' objects doesn't apply to a 'tuple' object", told
    raises('TypeError', method)
    raises('TypeError', method, 1)
    raises('TypeError', method, os.stat('.'))

# Attributes have names that are strs, whoever sets them.
NOT_A_NAME = "attribute name must be string, not 'int'"
for give in (
    lambda: ValueError().__setstate__({1: 2}),
    lambda: object.__setattr__(ValueError(), 1, 2),
    lambda: setattr(ValueError(), 1, 2),
    lambda: delattr(ValueError(), 1),
    lambda: type.__setattr__(type('A', (), {}), 1, 2),
):
    assert raises('TypeError', give) == NOT_A_NAME


class Name(str):
    pass


# Those of a subclass of str are found by their text.
errors = [ValueError() for _ in range(200)]
for error in errors:
    error.__setstate__({Name('na' + 'me'): 1, ''.join(['oth', 'er']): 2})
    assert error.name == 1 and error.other == 2, error.__dict__


# A handler of faults may put other bytes in the place of those that are being decoded: they are what is decoded from then on.
def with_other_bytes(error):
    error.object = bytes(8)
    return '?', error.start


def with_no_bytes(error):
    error.object = 'text'
    return '?', error.end


codecs.register_error('with_other_bytes', with_other_bytes)
codecs.register_error('with_no_bytes', with_no_bytes)
assert b'\0'.decode('utf-16', 'with_other_bytes') == '?\0\0\0\0'
assert b'\xff'.decode('utf-8', 'with_other_bytes') == '?' + '\0' * 8
assert b'a\xff\xff'.decode('ascii', 'with_other_bytes') == 'a?' + '\0' * 7
assert raises('TypeError', b'\xff'.decode, 'utf-8', 'with_no_bytes') == "UnicodeError 'object' attribute must be a bytes"
