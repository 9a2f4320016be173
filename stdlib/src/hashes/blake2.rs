//! BLAKE2b and BLAKE2s with the whole parameter block: keys, salts, personalisation, trees.

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

macro_rules! blake2 {
    ($(#[$doc:meta])* $name:ident $family:ident salt $salt:literal most $most:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            state: $family::State,
            digest_bytes: usize,
        }

        impl $name {
            /// Bytes of salt, and of the personalisation.
            pub const SALT_BYTES: usize = $salt;
            /// The most bytes of a result, and of a key.
            pub const MOST_BYTES: usize = $most;

            /// A hash with these parameters, whose lengths and ranges have been checked.
            pub fn new(of: &Parameters) -> Self {
                let mut parameters = $family::Params::new();
                parameters
                    .hash_length(of.digest_bytes)
                    .key(&of.key)
                    .fanout(of.fanout)
                    .max_depth(of.depth)
                    .max_leaf_length(of.leaf_bytes)
                    .node_offset(of.node_offset)
                    .node_depth(of.node_depth)
                    .inner_hash_length(of.inner_bytes.into())
                    .salt(&of.salt)
                    .personal(&of.person)
                    .last_node(of.last_node);
                Self { state: parameters.to_state(), digest_bytes: of.digest_bytes }
            }

            /// Bytes of the result.
            pub fn digest_bytes(&self) -> usize {
                self.digest_bytes
            }

            /// Mixes in bytes.
            pub fn update(&mut self, bytes: &[u8]) {
                self.state.update(bytes);
            }

            /// The result.
            pub fn finish(self) -> Vec<u8> {
                self.state.finalize().as_bytes().to_vec()
            }
        }
    };
}

blake2! {
    /// BLAKE2b: for 64-bit machines, up to 64 bytes.
    Blake2b blake2b_simd salt 16 most 64
}

blake2! {
    /// BLAKE2s: for smaller machines, up to 32 bytes.
    Blake2s blake2s_simd salt 8 most 32
}
