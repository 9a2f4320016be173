"""A tokeniser of byte pairs: trained on a text by merging what stands together most often, then used."""

import random
from collections import Counter, defaultdict

SYLLABLES = "ka lo mi tra ver en sto pel ing er ous an de re com pre tion al ment ist ful ness".split()


def corpus(words, seed):
    generator = random.Random(seed)
    made = ["".join(generator.choice(SYLLABLES) for _ in range(generator.randint(1, 4))) for _ in range(6000)]
    return " ".join(made[min(int(generator.expovariate(0.002)), 5999)] for _ in range(words))


def join(parts, pair, token):
    result = []
    i = 0
    while i < len(parts):
        if i + 1 < len(parts) and parts[i] == pair[0] and parts[i + 1] == pair[1]:
            result.append(token)
            i += 2
        else:
            result.append(parts[i])
            i += 1
    return result


class Tokenizer:
    def __init__(self):
        self.ranks = {}
        self.vocabulary = {n: bytes([n]) for n in range(256)}
        self.cache = {}

    def train(self, text, merges):
        words = Counter(text.split(" "))
        pieces = {word: list(word.encode()) for word in words}
        pairs = Counter()
        where = defaultdict(set)
        for word, parts in pieces.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
                where[pair].add(word)
        for token in range(256, 256 + merges):
            if not pairs:
                break
            best = max(pairs, key=lambda p: (pairs[p], p))
            self.ranks[best] = token
            self.vocabulary[token] = self.vocabulary[best[0]] + self.vocabulary[best[1]]
            for word in list(where[best]):
                parts = pieces[word]
                for pair in zip(parts, parts[1:]):
                    pairs[pair] -= words[word]
                    if pairs[pair] <= 0:
                        del pairs[pair]
                    where[pair].discard(word)
                pieces[word] = parts = join(parts, best, token)
                for pair in zip(parts, parts[1:]):
                    pairs[pair] += words[word]
                    where[pair].add(word)

    def encode_word(self, word):
        known = self.cache.get(word)
        if known is not None:
            return known
        parts = list(word.encode())
        while len(parts) > 1:
            pair = min(zip(parts, parts[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
            token = self.ranks.get(pair)
            if token is None:
                break
            parts = join(parts, pair, token)
        self.cache[word] = parts
        return parts

    def encode(self, text):
        tokens = []
        for word in text.split(" "):
            tokens.extend(self.encode_word(word))
        return tokens

    def decode(self, tokens):
        return b"".join(self.vocabulary[token] for token in tokens).decode()


def bench_byte_pairs(threads):
    text = corpus(30000, 1)
    tokenizer = Tokenizer()
    tokenizer.train(text, 1500)
    other = corpus(60000, 2)
    tokens = tokenizer.encode(other)
    return len(tokens), sum(tokens), tokenizer.decode(tokens) == other.replace(" ", "")
