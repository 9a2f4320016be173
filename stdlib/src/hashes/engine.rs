//! The hash algorithms, as one type that is chosen at run time.

use digest::{Digest, ExtendableOutput, Update, XofReader};

macro_rules! engines {
    ($($(#[$doc:meta])* $variant:ident($engine:ty) $name:literal block $block:literal digest $digest:literal;)*) => {
        /// A hash that is being computed.
        #[derive(Clone)]
        pub enum Engine {
            $($(#[$doc])* $variant($engine),)*
            /// SHAKE128
            Shake128(shake::Shake128),
            /// SHAKE256
            Shake256(shake::Shake256),
            /// BLAKE2b
            Blake2b(super::blake2::Blake2b),
            /// BLAKE2s
            Blake2s(super::blake2::Blake2s),
        }

        impl Engine {
            /// The algorithm with this name, without parameters.
            pub fn new(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$variant(Digest::new()),)*
                    "shake_128" => Self::Shake128(Default::default()),
                    "shake_256" => Self::Shake256(Default::default()),
                    _ => return None,
                })
            }

            /// Its name.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Shake128(_) => "shake_128",
                    Self::Shake256(_) => "shake_256",
                    Self::Blake2b(_) => "blake2b",
                    Self::Blake2s(_) => "blake2s",
                }
            }

            /// Bytes that are mixed at once.
            pub fn block_bytes(&self) -> usize {
                match self {
                    $(Self::$variant(_) => $block,)*
                    Self::Shake128(_) => 168,
                    Self::Shake256(_) => 136,
                    Self::Blake2b(_) => 128,
                    Self::Blake2s(_) => 64,
                }
            }

            /// Bytes of the result; 0 where the caller says how many.
            pub fn digest_bytes(&self) -> usize {
                match self {
                    $(Self::$variant(_) => $digest,)*
                    Self::Shake128(_) | Self::Shake256(_) => 0,
                    Self::Blake2b(state) => state.digest_bytes(),
                    Self::Blake2s(state) => state.digest_bytes(),
                }
            }

            /// Mixes in bytes.
            pub fn update(&mut self, bytes: &[u8]) {
                match self {
                    $(Self::$variant(state) => Digest::update(state, bytes),)*
                    Self::Shake128(state) => Update::update(state, bytes),
                    Self::Shake256(state) => Update::update(state, bytes),
                    Self::Blake2b(state) => state.update(bytes),
                    Self::Blake2s(state) => state.update(bytes),
                }
            }

            /// The result of what has been mixed in so far; `length` is for those that have any.
            pub fn digest(&self, length: usize) -> Vec<u8> {
                match self.clone() {
                    $(Self::$variant(state) => state.finalize().to_vec(),)*
                    Self::Shake128(state) => extended(state, length),
                    Self::Shake256(state) => extended(state, length),
                    Self::Blake2b(state) => state.finish(),
                    Self::Blake2s(state) => state.finish(),
                }
            }
        }
    };
}

fn extended(state: impl ExtendableOutput, length: usize) -> Vec<u8> {
    let mut out = vec![0; length];
    state.finalize_xof().read(&mut out);
    out
}

engines! {
    /// MD5
    Md5(md5::Md5) "md5" block 64 digest 16;
    /// SHA-1
    Sha1(sha1::Sha1) "sha1" block 64 digest 20;
    /// SHA-224
    Sha224(sha2::Sha224) "sha224" block 64 digest 28;
    /// SHA-256
    Sha256(sha2::Sha256) "sha256" block 64 digest 32;
    /// SHA-384
    Sha384(sha2::Sha384) "sha384" block 128 digest 48;
    /// SHA-512
    Sha512(sha2::Sha512) "sha512" block 128 digest 64;
    /// SHA3-224
    Sha3224(sha3::Sha3_224) "sha3_224" block 144 digest 28;
    /// SHA3-256
    Sha3256(sha3::Sha3_256) "sha3_256" block 136 digest 32;
    /// SHA3-384
    Sha3384(sha3::Sha3_384) "sha3_384" block 104 digest 48;
    /// SHA3-512
    Sha3512(sha3::Sha3_512) "sha3_512" block 72 digest 64;
}
