# Ints of every size: operators, text, conversion, subclasses.
def raises(error, message, f):
    try:
        f()
    except error as e:
        assert type(e) is error and str(e) == message, (type(e), str(e))
    else:
        assert False, message

edge = [0, 1, -1, 2, 7, -10, 2**31, 2**53 + 1]
for bits in (60, 61, 62, 63, 64, 100, 300):
    edge += [2**bits - 1, 2**bits, -2**bits, -2**bits - 1]

# Identities that hold for every pair, whatever mixture of small and big.
for a in edge:
    assert -(-a) == a and ~~a == a and int(str(a)) == a and int(hex(a), 0) == a
    assert abs(a) == (a if a >= 0 else -a) and bool(a) == (a != 0)
    assert int.from_bytes(a.to_bytes(40, 'little', signed=True), 'little', signed=True) == a
    for b in edge:
        assert (a + b) - b == a and (a - b) + b == a and a * b == b * a
        assert (a & b) + (a | b) == a + b and (a ^ b) == (a | b) - (a & b)
        assert (a < b) + (a == b) + (a > b) == 1 and (a <= b) == (not a > b)
        if b:
            q, r = divmod(a, b)
            assert q * b + r == a and (0 <= r < b or b < r <= 0) and q == a // b and r == a % b
            assert (a * b) // b == a and (a * b) % b == 0 and pow(a, 3, b) == a**3 % b
    for n in (0, 1, 61, 62, 63, 64, 200):
        assert a << n == a * 2**n and a >> n == a // 2**n

# Small results of big operands are small again: their identity is their value.
assert {2**62: 'x'}[1 << 62] == 'x' and hash(2**61 - 1) == 0 and hash(-1) == -2

# Division.
assert 7 // -2 == -4 and 7 % -2 == -1 and -7 // 2 == -4 and -7 % 2 == 1
assert 10**400 / 10**399 == 10.0 and 1 / 10**400 == 0.0 and (2**53 + 1) / 1 == 9007199254740992.0
for f in (lambda: 1 // 0, lambda: 1 % 0, lambda: 1 / 0, lambda: divmod(1, 0), lambda: 10**30 / 0, lambda: 10**30 // 0):
    raises(ZeroDivisionError, 'division by zero', f)
raises(OverflowError, 'integer division result too large for a float', lambda: 10**400 / 3)

# Powers.
assert 2**-1 == 0.5 and (-3)**3 == -27 and 10**20 == 100000000000000000000 and 0**0 == 1
assert pow(3, -1, 7) == 5 and pow(2, 10, -7) == -5 and pow(5, 0, 1) == 0 and pow(2, 10**20, 7) == 2
raises(ZeroDivisionError, 'zero to a negative power', lambda: 0**-1)
raises(ValueError, 'pow() 3rd argument cannot be 0', lambda: pow(2, 3, 0))
raises(ValueError, 'base is not invertible for the given modulus', lambda: pow(2, -1, 4))
raises(TypeError, 'pow() 3rd argument not allowed unless all arguments are integers', lambda: pow(2.0, 3, 4))

# Shifts.
assert 0 << 2**70 == 0 and 1 >> 2**70 == 0 and -1 >> 2**70 == -1
raises(ValueError, 'negative shift count', lambda: 1 << -1)
raises(OverflowError, 'too many digits in integer', lambda: 1 << 2**70)

# Text.
assert str(-2**63) == '-9223372036854775808' and repr(True) == 'True' and int.__repr__(True) == '1'
assert int(' 1_000 ') == 1000 and int('0x1F', 0) == 31 and int('z', 36) == 35 and int(b'-5') == -5
assert format(1234567, ',') == '1,234,567' and format(255, '#06x') == '0x00ff' and format(-5, 'b') == '-101'
for text, base in (('', 10), ('1__0', 10), ('09', 0), ('0x', 16), ('12', 2), ('- 1', 10)):
    raises(ValueError, 'invalid literal for int() with base %d: %r' % (base, text), lambda: int(text, base))
raises(ValueError, 'int() base must be >= 2 and <= 36, or 0', lambda: int('1', 37))
raises(TypeError, "int() can't convert non-string with explicit base", lambda: int(1, 10))
raises(TypeError, "int() argument must be a string, a bytes-like object or a real number, not 'list'", lambda: int([]))
raises(ValueError, 'Exceeds the limit (4300 digits) for integer string conversion; use '
       'sys.set_int_max_str_digits() to increase the limit', lambda: str(10**4300))
assert len(str(10**4299)) == 4300 and int('1' * 5000, 16).bit_length() == 19997

# Bytes.
assert (258).to_bytes(2) == b'\x01\x02' and (-2).to_bytes(2, 'little', signed=True) == b'\xfe\xff'
assert int.from_bytes([1, 0]) == 256 and int.from_bytes(b'') == 0 and (0).to_bytes(0) == b''
raises(OverflowError, 'int too big to convert', lambda: (256).to_bytes())
raises(OverflowError, "can't convert negative int to unsigned", lambda: (-1).to_bytes())
raises(ValueError, "byteorder must be either 'little' or 'big'", lambda: (1).to_bytes(1, 'middle'))

# Rounding to tens: halves go to the even ten.
assert [round(n, -1) for n in (5, 15, 25, -5, -15, 14, 16)] == [0, 20, 20, 0, -20, 10, 20]
assert round(10**30 + 5, -1) == 10**30 and round(7, -100) == 0 and round(7, 10**10) == 7

# Subclasses keep nothing of themselves in results, and their values are compared as any.
class I(int):
    pass
assert type(I(5) + 1) is int and type(+I(5)) is int and type(int(I(5))) is int and I(2**70) == 2**70
assert I('7') * 2 == 14 and {I(3): 1}[3] == 1 and type(I.from_bytes(b'a')) is I and bool(I(0)) is False

# Bools.
assert (True & False) is False and (True | False) is True and (True ^ True) is False
assert True + True == 2 and (True & 3) == 1 and type(True & 3) is int and True == 1.0
assert bool() is False and bool([0]) is True
raises(TypeError, 'bool() takes no keyword arguments', lambda: bool(x=1))

# Conversions that programs define.
class Index:
    def __index__(self): return 5
class Int:
    def __int__(self): return 6
class Wrong:
    def __int__(self): return 'six'
assert int(Index()) == 5 and int(Int()) == 6 and float(Index()) == 5.0 and [1] * Index() == [1] * 5
raises(TypeError, '__int__ returned non-int (type str)', lambda: int(Wrong()))
raises(TypeError, "'float' object cannot be interpreted as an integer", lambda: [1] * 2 and range(1.0))
