//! BLAKE2b and BLAKE2s (RFC 7693) with the whole parameter block: keys, salts, personalisation, trees.

/// What a hash is computed with; the fields are those of the parameter block.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// Bytes of the result.
    pub digest_bytes: usize,
    /// The key.
    pub key: Vec<u8>,
    /// How many children a node of the tree has.
    pub fanout: u8,
    /// How deep the tree is.
    pub depth: u8,
    /// Bytes of a leaf.
    pub leaf_bytes: u32,
    /// Which node of its level this is.
    pub node_offset: u64,
    /// The level.
    pub node_depth: u8,
    /// Bytes of inner hashes.
    pub inner_bytes: u8,
    /// The salt.
    pub salt: Vec<u8>,
    /// What the hash is for.
    pub person: Vec<u8>,
    /// Whether this is the last node of its level.
    pub last_node: bool,
}

/// Which word of a block is mixed in at which place, by round.
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

macro_rules! blake2 {
    (
        $(#[$doc:meta])*
        $name:ident word $word:ty, counter $counter:ty, rounds $rounds:literal, block $block:literal, salt $salt:literal,
        rotations $r1:literal $r2:literal $r3:literal $r4:literal, iv $iv:expr, block_of $parameter_block:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            state: [$word; 8],
            /// Bytes that have been mixed in.
            count: $counter,
            buffer: [u8; $block],
            filled: usize,
            digest_bytes: usize,
            last_node: bool,
        }

        impl $name {
            const IV: [$word; 8] = $iv;
            /// Bytes of salt, and of the personalisation.
            pub const SALT_BYTES: usize = $salt;
            /// The most bytes of a result, and of a key.
            pub const MOST_BYTES: usize = size_of::<[$word; 8]>();

            /// A hash with these parameters, whose lengths have been checked.
            pub fn new(parameters: &Parameters) -> Self {
                let block = $parameter_block(parameters);
                let mut state = Self::IV;
                for (word, bytes) in state.iter_mut().zip(block.chunks_exact(size_of::<$word>())) {
                    let mut raw = [0; size_of::<$word>()];
                    raw.copy_from_slice(bytes);
                    *word ^= <$word>::from_le_bytes(raw);
                }
                let mut this = Self {
                    state,
                    count: 0,
                    buffer: [0; $block],
                    filled: 0,
                    digest_bytes: parameters.digest_bytes,
                    last_node: parameters.last_node,
                };
                if !parameters.key.is_empty() {
                    // The key is the first block, padded.
                    let mut block = [0; $block];
                    block[..parameters.key.len()].copy_from_slice(&parameters.key);
                    this.update(&block);
                }
                this
            }

            /// Bytes of the result.
            pub fn digest_bytes(&self) -> usize {
                self.digest_bytes
            }

            /// Mixes in bytes.
            pub fn update(&mut self, mut bytes: &[u8]) {
                while !bytes.is_empty() {
                    // The last block is mixed in otherwise, so a full buffer waits until more follows.
                    if self.filled == $block {
                        self.count = self.count.wrapping_add($block);
                        let block = self.buffer;
                        self.compress(&block, false);
                        self.filled = 0;
                    }
                    let room = ($block - self.filled).min(bytes.len());
                    self.buffer[self.filled..self.filled + room].copy_from_slice(&bytes[..room]);
                    self.filled += room;
                    bytes = &bytes[room..];
                }
            }

            /// The result.
            pub fn finish(mut self) -> Vec<u8> {
                self.count = self.count.wrapping_add(self.filled as $counter);
                self.buffer[self.filled..].fill(0);
                let block = self.buffer;
                self.compress(&block, true);
                let mut out: Vec<u8> = self.state.iter().flat_map(|word| word.to_le_bytes()).collect();
                out.truncate(self.digest_bytes);
                out
            }

            fn compress(&mut self, block: &[u8; $block], last: bool) {
                let mut words = [0; 16];
                for (word, bytes) in words.iter_mut().zip(block.chunks_exact(size_of::<$word>())) {
                    let mut raw = [0; size_of::<$word>()];
                    raw.copy_from_slice(bytes);
                    *word = <$word>::from_le_bytes(raw);
                }
                let mut v = [0; 16];
                v[..8].copy_from_slice(&self.state);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.count as $word;
                v[13] ^= (self.count >> <$word>::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let mut mix = |v: &mut [$word; 16], a: usize, b: usize, c: usize, d: usize, x: $word, y: $word| {
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(x);
                    v[d] = (v[d] ^ v[a]).rotate_right($r1);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right($r2);
                    v[a] = v[a].wrapping_add(v[b]).wrapping_add(y);
                    v[d] = (v[d] ^ v[a]).rotate_right($r3);
                    v[c] = v[c].wrapping_add(v[d]);
                    v[b] = (v[b] ^ v[c]).rotate_right($r4);
                };
                for round in 0..$rounds {
                    let s = &SIGMA[round % 10];
                    let w = |i: usize| words[s[i]];
                    mix(&mut v, 0, 4, 8, 12, w(0), w(1));
                    mix(&mut v, 1, 5, 9, 13, w(2), w(3));
                    mix(&mut v, 2, 6, 10, 14, w(4), w(5));
                    mix(&mut v, 3, 7, 11, 15, w(6), w(7));
                    mix(&mut v, 0, 5, 10, 15, w(8), w(9));
                    mix(&mut v, 1, 6, 11, 12, w(10), w(11));
                    mix(&mut v, 2, 7, 8, 13, w(12), w(13));
                    mix(&mut v, 3, 4, 9, 14, w(14), w(15));
                }
                for (i, word) in self.state.iter_mut().enumerate() {
                    *word ^= v[i] ^ v[i + 8];
                }
            }
        }
    };
}

fn put(block: &mut [u8], at: usize, bytes: &[u8]) {
    block[at..at + bytes.len()].copy_from_slice(bytes);
}

fn block_of_b(of: &Parameters) -> [u8; 64] {
    let mut block = [0; 64];
    block[..4].copy_from_slice(&[of.digest_bytes as u8, of.key.len() as u8, of.fanout, of.depth]);
    put(&mut block, 4, &of.leaf_bytes.to_le_bytes());
    put(&mut block, 8, &of.node_offset.to_le_bytes());
    block[16] = of.node_depth;
    block[17] = of.inner_bytes;
    put(&mut block, 32, &of.salt);
    put(&mut block, 48, &of.person);
    block
}

fn block_of_s(of: &Parameters) -> [u8; 32] {
    let mut block = [0; 32];
    block[..4].copy_from_slice(&[of.digest_bytes as u8, of.key.len() as u8, of.fanout, of.depth]);
    put(&mut block, 4, &of.leaf_bytes.to_le_bytes());
    put(&mut block, 8, &of.node_offset.to_le_bytes()[..6]);
    block[14] = of.node_depth;
    block[15] = of.inner_bytes;
    put(&mut block, 16, &of.salt);
    put(&mut block, 24, &of.person);
    block
}

blake2! {
    /// BLAKE2b: for 64-bit machines, up to 64 bytes.
    Blake2b word u64, counter u128, rounds 12, block 128, salt 16, rotations 32 24 16 63,
    iv [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ],
    block_of block_of_b
}

blake2! {
    /// BLAKE2s: for smaller machines, up to 32 bytes.
    Blake2s word u32, counter u64, rounds 10, block 64, salt 8, rotations 16 12 8 7,
    iv [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ],
    block_of block_of_s
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_examples_of_the_standard() {
        let parameters = Parameters { digest_bytes: 64, fanout: 1, depth: 1, ..Parameters::default() };
        let mut hash = Blake2b::new(&parameters);
        hash.update(b"abc");
        assert!(hex(&hash.finish()).starts_with("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"));
        let parameters = Parameters { digest_bytes: 32, fanout: 1, depth: 1, ..Parameters::default() };
        let mut hash = Blake2s::new(&parameters);
        hash.update(b"abc");
        assert_eq!(hex(&hash.finish()), "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    }
}
