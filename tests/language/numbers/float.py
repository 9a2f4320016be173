# Floats: operators, exact comparison, text, conversion, subclasses.
def raises(error, message, f):
    try:
        f()
    except error as e:
        assert type(e) is error and str(e) == message, (type(e), str(e))
    else:
        assert False, message

inf, nan = float('inf'), float('nan')
edge = [0.0, 1.0, -1.5, 0.1, 1e300, -1e-300, 5e-324, 1.7976931348623157e308, 2.0**53, 1e16, inf, -inf]

for x in edge:
    assert float(repr(x)) == x and float.fromhex(x.hex()) == x and -(-x) == x and hash(x) == hash(float(repr(x)))
    assert not x != x and x >= x and not x == nan and x != nan and not x < nan
    for y in edge:
        assert (x < y) + (x == y) + (x > y) == 1
        if y and abs(x) < 1e15 and 1e-15 < abs(y) < 1e15:
            q, r = divmod(x, y)
            assert q == x // y and r == x % y and (r == 0 or (r < 0) == (y < 0))

# Values that the word of a value cannot hold behave as the others do.
assert 1e-300 * 1e-300 == 0.0 and 1e300 * 1e10 == inf * 1 and repr(1e300 * 1e10) == 'inf' and 1e300 + 1e300 == 2e300
assert repr(-0.0) == '-0.0' and repr(0.0 * -1) == '-0.0' and -0.0 == 0.0 and (-0.0).hex() == '-0x0.0p+0'

# Comparison with ints does not round.
assert 2.0**53 != 2**53 + 1 and 2.0**53 < 2**53 + 1 and 1e16 == 10**16 and 1e23 != 10**23
assert 10**400 > 1e308 and -10**400 < -inf * -1 and 10**400 < inf and 1.5 > 1 and 1.5 < 2 and 2**64 == 2.0**64
assert 2.0**62 + 1 == 2**62 and 2.0**63 - 1024 < 2**63 - 1 and hash(2.0**100) == hash(2**100)

# Division and powers.
assert 7.0 // -2 == -4.0 and 7.0 % -2 == -1.0 and -0.5 % 1 == 0.5 and 5.5 // inf == 0.0 and -5.5 // inf == -1.0
for f in (lambda: 1.0 / 0, lambda: 1.0 // 0.0, lambda: 1.0 % 0, lambda: divmod(1.0, 0)):
    raises(ZeroDivisionError, 'division by zero', f)
raises(ZeroDivisionError, 'zero to a negative power', lambda: 0.0**-1)
assert (-8.0)**2 == 64.0 and 4.0**0.5 == 2.0 and (-inf)**3 == -inf and 0.5**inf == 0.0 and 1.0**nan == 1.0 and nan**0 == 1.0
assert ((-8.0)**0.5).__class__ is complex
try:
    10.0**400
except OverflowError as e:
    assert e.args == (34, 'Numerical result out of range')

# Text.
assert [repr(x) for x in (1e16, 1e15, 1e-4, 1e-5, 0.1 + 0.2, 123456789.0)] == \
    ['1e+16', '1000000000000000.0', '0.0001', '1e-05', '0.30000000000000004', '123456789.0']
assert float(' 1_0.5 ') == 10.5 and float('-Infinity') == -inf and float(b'1e3') == 1000.0 and float('1e400') == inf
assert format(3.14159, '.2f') == '3.14' and format(1e6, ',') == '1,000,000.0' and format(0.25, '%') == '25.000000%'
raises(ValueError, "could not convert string to float: '1__0'", lambda: float('1__0'))
raises(TypeError, "float() argument must be a string or a real number, not 'list'", lambda: float([]))
raises(OverflowError, 'int too large to convert to float', lambda: float(10**400))
raises(ValueError, 'invalid hexadecimal floating-point string', lambda: float.fromhex('0x'))

# To ints.
assert int(-1.9) == -1 and int(1e20) == 10**20 and round(2.5) == 2 and round(-3.5) == -4 and round(2.675, 2) == 2.67
assert (0.75).as_integer_ratio() == (3, 4) and (5e-324).as_integer_ratio() == (1, 2**1074) and (2.0).is_integer()
raises(OverflowError, 'cannot convert float infinity to integer', lambda: int(inf))
raises(ValueError, 'cannot convert float NaN to integer', lambda: round(nan))
raises(OverflowError, 'rounded value too large to represent', lambda: round(1.7976931348623157e308, -308))

class F(float):
    pass
assert type(F(1) + 1) is float and type(+F(1)) is float and type(F.fromhex('0x1p3')) is F and F('2.5') == 2.5
assert type(F.from_number(3)) is F and type(F(2).conjugate()) is float

class Wrong:
    def __float__(self): return 1
raises(TypeError, 'Wrong.__float__ returned non-float (type int)', lambda: float(Wrong()))
