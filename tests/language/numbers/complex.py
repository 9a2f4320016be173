# Complex numbers: operators with real operands left real, text, conversion, subclasses.
def raises(error, message, f):
    try:
        f()
    except error as e:
        assert type(e) is error and str(e) == message, (type(e), str(e))
    else:
        assert False, message

inf, nan = float('inf'), float('nan')
assert (1 + 2j) * (3 - 1j) == 5 + 5j and (4 + 2j) / (1 + 1j) == 3 - 1j and -(1 + 2j) == -1 - 2j
assert (1 + 2j)**2 == -3 + 4j and (1 + 2j)**0 == 1 and abs(3 + 4j) == 5.0 and (2j)**-1 == -0.5j
assert 1 + 0j == 1 == 1.0 and 1 + 1j != 1 and 2**70 + 0j == 2**70 and hash(1 + 0j) == hash(1) and bool(0j) is False

# A real operand has no imaginary part that could be infinite, or change the sign of a zero.
assert repr(2.0 * complex(inf, 1)) == '(inf+2j)' and repr(complex(0, -0.0) + 1) == '(1-0j)'
assert repr(1 - complex(1, 0)) == '-0j' and repr(complex(1e300, 1) * complex(nan, inf)) == '(-inf+infj)'

for f in (lambda: 1j / 0, lambda: 1j / 0j, lambda: 1 / 0j):
    raises(ZeroDivisionError, 'division by zero', f)
raises(ZeroDivisionError, 'zero to a negative or complex power', lambda: 0j**-1)
raises(OverflowError, 'complex exponentiation', lambda: (1e200 + 0j)**2)
raises(ValueError, 'complex modulo', lambda: pow(1j, 2, 3))
raises(OverflowError, 'absolute value too large', lambda: abs(complex(1.7e308, 1.7e308)))
raises(TypeError, "'<' not supported between instances of 'complex' and 'complex'", lambda: 1j < 2j)

assert repr(complex(-0.0, -0.0)) == '(-0-0j)' and repr(2j) == '2j' and repr(complex(nan, -inf)) == '(nan-infj)'
assert complex(' (1_0-2.5j) ') == 10 - 2.5j and complex('-j') == -1j and complex() == 0 and complex(imag=2) == 2j
assert complex(1, 2).conjugate() == 1 - 2j and (1 + 2j).real == 1.0 and (1 + 2j).imag == 2.0
assert format(1.5 - 2.25j, '.1f') == '1.5-2.2j' and format(1j, '>5') == '   1j'
raises(ValueError, 'complex() arg is a malformed string', lambda: complex('1 + 2j'))
raises(TypeError, "complex() argument 'real' must be a real number, not str", lambda: complex('1', 2))
raises(TypeError, 'complex() argument must be a string or a number, not NoneType', lambda: complex(None))

class C(complex):
    pass
class Convertible:
    def __complex__(self): return 1 + 1j
assert type(C(1) + 1) is complex and type(+C(1)) is complex and complex(Convertible()) == 1 + 1j and C(C(2)) == 2
