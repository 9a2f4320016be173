"""Spheres and a chequered floor, traced by rays with shadows and mirrors."""

import math

SMALL = 0.00001


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def magnitude(self):
        return math.sqrt(self.dot(self))

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def scale(self, factor):
        return Vector(factor * self.x, factor * self.y, factor * self.z)

    def normalized(self):
        return self.scale(1.0 / self.magnitude())

    def cross(self, other):
        return Vector(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    def reflect(self, normal):
        return self - normal.scale(2 * self.dot(normal))


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.normalized()

    def at(self, t):
        return self.origin + self.direction.scale(t)


class Sphere:
    def __init__(self, centre, radius):
        self.centre = centre
        self.radius = radius

    def hit(self, ray):
        to_centre = self.centre - ray.origin
        along = to_centre.dot(ray.direction)
        inside = self.radius * self.radius - (to_centre.dot(to_centre) - along * along)
        if inside < 0:
            return None
        return along - math.sqrt(inside)

    def normal_at(self, point):
        return (point - self.centre).normalized()


class Floor:
    def __init__(self, height):
        self.height = height
        self.normal = Vector(0.0, 1.0, 0.0)

    def hit(self, ray):
        if abs(ray.direction.y) < SMALL:
            return None
        return (self.height - ray.origin.y) / ray.direction.y

    def normal_at(self, point):
        return self.normal


class Surface:
    def __init__(self, colour=(1.0, 1.0, 1.0), mirror=0.2, diffuse=0.6, ambient=0.2):
        self.colour = colour
        self.mirror = mirror
        self.diffuse = diffuse
        self.ambient = ambient

    def base_at(self, point):
        return self.colour

    def colour_at(self, scene, ray, thing, point, normal, depth):
        base = self.base_at(point)
        red = green = blue = 0.0
        if self.mirror > 0:
            seen = scene.colour(Ray(point, ray.direction.reflect(normal)), depth + 1)
            red, green, blue = (c * self.mirror for c in seen)
        light = self.ambient
        for source in scene.visible_lights(point):
            amount = (source - point).normalized().dot(normal)
            if amount > 0:
                light += amount * self.diffuse
        return red + base[0] * light, green + base[1] * light, blue + base[2] * light


class Chequered(Surface):
    def base_at(self, point):
        if (math.floor(point.x) + math.floor(point.z)) % 2:
            return (0.1, 0.1, 0.1)
        return self.colour


class Scene:
    def __init__(self):
        self.things = []
        self.lights = []
        self.position = Vector(0.0, 1.8, 10.0)
        self.looking_at = Vector(0.0, 0.0, 0.0)
        self.view = 45.0

    def add(self, thing, surface):
        self.things.append((thing, surface))

    def first_hit(self, ray):
        best = None
        for thing, surface in self.things:
            t = thing.hit(ray)
            if t is not None and t > SMALL and (best is None or t < best[0]):
                best = (t, thing, surface)
        return best

    def visible_lights(self, point):
        for light in self.lights:
            ray = Ray(point, light - point)
            for thing, _ in self.things:
                t = thing.hit(ray)
                if t is not None and t > SMALL:
                    break
            else:
                yield light

    def colour(self, ray, depth=0):
        if depth > 3:
            return (0.0, 0.0, 0.0)
        hit = self.first_hit(ray)
        if hit is None:
            return (0.2, 0.3, 0.5)
        t, thing, surface = hit
        point = ray.at(t)
        return surface.colour_at(self, ray, thing, point, thing.normal_at(point), depth)

    def render(self, width, height):
        half = math.tan(math.radians(self.view * 0.5))
        eye = Ray(self.position, self.looking_at - self.position)
        right = eye.direction.cross(Vector(0.0, 1.0, 0.0)).normalized()
        up = right.cross(eye.direction).normalized()
        tall = half * height / width
        picture = bytearray()
        for y in range(height):
            down = up.scale(tall * (1 - 2 * y / (height - 1)))
            for x in range(width):
                across = right.scale(half * (2 * x / (width - 1) - 1))
                ray = Ray(eye.origin, eye.direction + across + down)
                picture.extend(min(255, int(c * 255)) for c in self.colour(ray))
        return picture


def bench_raytracer(threads):
    scene = Scene()
    scene.lights = [Vector(30.0, 30.0, 10.0), Vector(-10.0, 100.0, 30.0)]
    scene.add(Sphere(Vector(1.0, 3.0, -10.0), 2.0), Surface((1.0, 1.0, 0.0)))
    for number in range(6):
        scene.add(Sphere(Vector(-3.0 - number * 0.4, 2.3, -5.0), 0.4), Surface((number / 6, 1 - number / 6, 0.5)))
    scene.add(Floor(0.0), Chequered())
    picture = scene.render(130, 130)
    return len(picture), sum(picture), sum(picture[::7])
