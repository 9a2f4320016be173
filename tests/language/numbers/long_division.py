# Quotients of large ints: short ones, long ones, and those at the edges of what the first digits tell.


def check(a, b):
    q, r = divmod(a, b)
    assert q == a // b and r == a % b, (a, b)
    assert a == q * b + r, (a, b)
    assert (0 <= r < b) if b > 0 else (b < r <= 0), (a, b)


edges = [2**bits + offset for bits in (1, 61, 62, 63, 64, 65, 127, 128, 129, 200, 1500, 9000) for offset in (-1, 0, 1)]
edges.append(3**7000)

for a in edges:
    for b in edges:
        for x, y in (a, b), (-a, b), (a, -b), (-a, -b):
            check(x, y)

# The quotient that the first digits suggest is one too large.
for b in edges:
    for q in edges[::3]:
        for offset in -1, 0, 1:
            check(b * q + offset, b)
            assert (b * q - 1) // b == q - 1
            assert b * q // b == q and b * q % b == 0

# A remainder of a shorter number is the number, and an exact int.
class Number(int):
    pass


assert type(Number(2**70) % 2**80) is int and Number(2**70) % 2**80 == 2**70
assert 2**70 % -(2**80) == 2**70 - 2**80
assert -(2**70) // 2**80 == -1 and 2**70 // 2**80 == 0
assert (0 * 2**80) % 2**80 == 0 and divmod(0, -(2**80)) == (0, 0)

# Doubles of such quotients are the nearest ones.
assert (2**4000 + 1) / 2**3999 == 2.0
assert 10**400 / 10**398 == 100.0
assert (2**3000 * 3 + 1) / 2**3000 == 3.0
assert 7**2000 / 7**2001 == 1 / 7
