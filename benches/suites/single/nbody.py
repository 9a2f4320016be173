"""The Sun and its giant planets, followed by a symplectic integrator."""

SUN_MASS = 4 * 3.141592653589793**2
DAYS = 365.24

# Position in astronomical units, velocity in units a day, mass in suns.
START = {
    "sun": ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0),
    "jupiter": ((4.84143, -1.16032, -0.103622), (0.00166007, 0.00769901, -0.0000690460), 0.000954792),
    "saturn": ((8.34336, 4.12479, -0.403523), (-0.00276742, 0.00499852, 0.0000230417), 0.000285886),
    "uranus": ((12.8943, -15.1111, -0.223307), (0.00296460, 0.00237847, -0.0000296589), 0.0000436624),
    "neptune": ((15.3796, -25.9193, 0.179258), (0.00268067, 0.00162824, -0.0000951592), 0.0000515138),
}


def system():
    bodies = []
    for place, speed, mass in START.values():
        bodies.append((list(place), [v * DAYS for v in speed], mass * SUN_MASS))
    return bodies


def pairs_of(bodies):
    return [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]


def rest(bodies):
    """Give the sun the speed that keeps the whole at rest."""
    sums = [0.0, 0.0, 0.0]
    for _, (vx, vy, vz), mass in bodies:
        sums[0] -= vx * mass
        sums[1] -= vy * mass
        sums[2] -= vz * mass
    speed, mass = bodies[0][1], bodies[0][2]
    speed[:] = [s / mass for s in sums]


def advance(bodies, pairs, steps, dt):
    for _ in range(steps):
        for (place1, v1, m1), (place2, v2, m2) in pairs:
            x1, y1, z1 = place1
            x2, y2, z2 = place2
            dx = x1 - x2
            dy = y1 - y2
            dz = z1 - z2
            pull = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            b = m2 * pull
            v1[0] -= dx * b
            v1[1] -= dy * b
            v1[2] -= dz * b
            b = m1 * pull
            v2[0] += dx * b
            v2[1] += dy * b
            v2[2] += dz * b
        for place, (vx, vy, vz), _ in bodies:
            place[0] += dt * vx
            place[1] += dt * vy
            place[2] += dt * vz


def energy(bodies, pairs):
    total = 0.0
    for ((x1, y1, z1), _, m1), ((x2, y2, z2), _, m2) in pairs:
        dx, dy, dz = x1 - x2, y1 - y2, z1 - z2
        total -= m1 * m2 / (dx * dx + dy * dy + dz * dz) ** 0.5
    for _, (vx, vy, vz), mass in bodies:
        total += mass * (vx * vx + vy * vy + vz * vz) / 2
    return total


def bench_nbody(threads):
    bodies = system()
    pairs = pairs_of(bodies)
    rest(bodies)
    before = energy(bodies, pairs)
    advance(bodies, pairs, 70000, 0.01)
    return round(before, 6), round(energy(bodies, pairs), 6)
