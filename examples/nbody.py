"""Follow the Sun and the four giant planets through time, many times over.

One simulation is a chain of steps that cannot be split. An ensemble of them
can: each thread simulates solar systems of its own. The systems are the same
one seen from different directions, so their energy must come out the same;
after 1000 steps it is known to be -0.169087605.
"""

import math
from concurrent.futures import ThreadPoolExecutor

from speedup import compare, options

STEPS = 1000
STEP = 0.01  # years
ENERGY = -0.169087605

SOLAR_MASS = 4 * math.pi**2
DAYS_PER_YEAR = 365.24

# Position in astronomical units, speed in units a day, mass in suns.
SUN = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0)
JUPITER = (
    (4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01),
    (1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05),
    9.54791938424326609e-04,
)
SATURN = (
    (8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01),
    (-2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05),
    2.85885980666130812e-04,
)
URANUS = (
    (1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01),
    (2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05),
    4.36624404335156298e-05,
)
NEPTUNE = (
    (1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01),
    (2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05),
    5.15138902046611451e-05,
)


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, position, speed, mass, angle):
        self.x, self.y, self.z = turn(position, angle)
        self.vx, self.vy, self.vz = (v * DAYS_PER_YEAR for v in turn(speed, angle))
        self.mass = mass * SOLAR_MASS


def turn(vector, angle):
    """Rotate about the z axis."""
    x, y, z = vector
    sine, cosine = math.sin(angle), math.cos(angle)
    return x * cosine - y * sine, x * sine + y * cosine, z


def solar_system(angle):
    bodies = [Body(*body, angle) for body in (SUN, JUPITER, SATURN, URANUS, NEPTUNE)]
    # Let the Sun move so that the whole stays where it is.
    sun = bodies[0]
    sun.vx = -sum(body.vx * body.mass for body in bodies) / SOLAR_MASS
    sun.vy = -sum(body.vy * body.mass for body in bodies) / SOLAR_MASS
    sun.vz = -sum(body.vz * body.mass for body in bodies) / SOLAR_MASS
    return bodies


def advance(bodies, time):
    for index, first in enumerate(bodies):
        for second in bodies[index + 1 :]:
            dx = first.x - second.x
            dy = first.y - second.y
            dz = first.z - second.z
            squared = dx * dx + dy * dy + dz * dz
            force = time / (squared * math.sqrt(squared))
            pull = second.mass * force
            first.vx -= dx * pull
            first.vy -= dy * pull
            first.vz -= dz * pull
            pull = first.mass * force
            second.vx += dx * pull
            second.vy += dy * pull
            second.vz += dz * pull
    for body in bodies:
        body.x += time * body.vx
        body.y += time * body.vy
        body.z += time * body.vz


def energy(bodies):
    total = 0.0
    for index, first in enumerate(bodies):
        total += first.mass * (first.vx**2 + first.vy**2 + first.vz**2) / 2
        for second in bodies[index + 1 :]:
            distance = math.dist((first.x, first.y, first.z), (second.x, second.y, second.z))
            total -= first.mass * second.mass / distance
    return total


def simulate(angle):
    bodies = solar_system(angle)
    for _ in range(STEPS):
        advance(bodies, STEP)
    return energy(bodies)


def ensemble(count, threads):
    angles = [math.tau * number / count for number in range(count)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(simulate, angles))


def is_right(count, energies):
    return len(energies) == count and all(abs(value - ENERGY) < 1e-9 for value in energies)


if __name__ == "__main__":
    chosen = options(__doc__, 600, "solar systems to simulate")
    energies = compare(ensemble, is_right, chosen.size, chosen.threads)
    print(f"{len(energies)} solar systems, {STEPS} steps each, energy {energies[0]:.9f}")
