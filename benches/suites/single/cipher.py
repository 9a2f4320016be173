"""A block cipher (AES of 128 bits) in counter mode, and a stream cipher on words (ChaCha), both plain Python."""


def multiply(a, b):
    """The product in the field of 256 elements."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= 0x11B
        b >>= 1
    return product


def make_box():
    box = [0x63] * 256
    inverse = {}
    power = 1
    logs = []
    for _ in range(255):
        logs.append(power)
        power = multiply(power, 3)
    for place, value in enumerate(logs):
        inverse[value] = logs[(255 - place) % 255]
    for value in range(1, 256):
        x = inverse[value]
        result = 0x63
        for shift in range(5):
            result ^= (x << shift | x >> (8 - shift)) & 0xFF
        box[value] = result
    return bytes(box)


BOX = make_box()
DOUBLED = bytes(multiply(n, 2) for n in range(256))
TRIPLED = bytes(multiply(n, 3) for n in range(256))
ROWS = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11]


class BlockCipher:
    def __init__(self, key):
        words = [list(key[i : i + 4]) for i in range(0, 16, 4)]
        factor = 1
        for i in range(4, 44):
            word = list(words[i - 1])
            if i % 4 == 0:
                word = [BOX[b] for b in word[1:] + word[:1]]
                word[0] ^= factor
                factor = multiply(factor, 2)
            words.append([a ^ b for a, b in zip(word, words[i - 4])])
        self.keys = [sum(words[i : i + 4], []) for i in range(0, 44, 4)]

    def block(self, block):
        state = [a ^ b for a, b in zip(block, self.keys[0])]
        for key in self.keys[1:-1]:
            state = [BOX[state[i]] for i in ROWS]
            mixed = []
            for column in range(0, 16, 4):
                a, b, c, d = state[column : column + 4]
                mixed.append(DOUBLED[a] ^ TRIPLED[b] ^ c ^ d)
                mixed.append(a ^ DOUBLED[b] ^ TRIPLED[c] ^ d)
                mixed.append(a ^ b ^ DOUBLED[c] ^ TRIPLED[d])
                mixed.append(TRIPLED[a] ^ b ^ c ^ DOUBLED[d])
            state = [a ^ b for a, b in zip(mixed, key)]
        return bytes(BOX[state[i]] ^ k for i, k in zip(ROWS, self.keys[-1]))

    def counter_mode(self, text, nonce):
        result = bytearray()
        for number, start in enumerate(range(0, len(text), 16)):
            pad = self.block(nonce + number.to_bytes(8, "big"))
            result.extend(a ^ b for a, b in zip(text[start : start + 16], pad))
        return bytes(result)


def rotate(value, by):
    return (value << by | value >> (32 - by)) & 0xFFFFFFFF


def quarter(state, a, b, c, d):
    state[a] = (state[a] + state[b]) & 0xFFFFFFFF
    state[d] = rotate(state[d] ^ state[a], 16)
    state[c] = (state[c] + state[d]) & 0xFFFFFFFF
    state[b] = rotate(state[b] ^ state[c], 12)
    state[a] = (state[a] + state[b]) & 0xFFFFFFFF
    state[d] = rotate(state[d] ^ state[a], 8)
    state[c] = (state[c] + state[d]) & 0xFFFFFFFF
    state[b] = rotate(state[b] ^ state[c], 7)


def stream(key, count):
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    start += [int.from_bytes(key[i : i + 4], "little") for i in range(0, 32, 4)]
    for number in range(count):
        initial = start + [number, 0, 1, 2]
        state = list(initial)
        for _ in range(10):
            quarter(state, 0, 4, 8, 12)
            quarter(state, 1, 5, 9, 13)
            quarter(state, 2, 6, 10, 14)
            quarter(state, 3, 7, 11, 15)
            quarter(state, 0, 5, 10, 15)
            quarter(state, 1, 6, 11, 12)
            quarter(state, 2, 7, 8, 13)
            quarter(state, 3, 4, 9, 14)
        yield b"".join(((a + b) & 0xFFFFFFFF).to_bytes(4, "little") for a, b in zip(state, initial))


def bench_cipher(threads):
    key = bytes(range(16))
    cipher = BlockCipher(key)
    text = b"No one can read what nobody wrote. " * 1500
    secret = cipher.counter_mode(text, b"12345678")
    known = cipher.block(bytes(17 * n for n in range(16)))
    pads = b"".join(stream(bytes(range(32)), 1500))
    return secret[-16:].hex(), known.hex(), pads[-16:].hex(), cipher.counter_mode(secret, b"12345678") == text
