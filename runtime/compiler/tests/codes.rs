//! Code as CPython 3.14 makes it, for a handful of texts: what holds where no oracle is at hand.

use compiler::{Code, Constant, Options, compile};

/// The code object that is last and innermost.
fn innermost(code: &Code) -> &Code {
    let nested = code.consts.iter().rev().find_map(|value| match value {
        Constant::Code(code) => Some(code),
        _ => None,
    });
    nested.map_or(code, |code| innermost(code))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text, and of its innermost code object `co_code`, `co_linetable`, `co_exceptiontable`, `co_stacksize`.
type Case = (&'static str, &'static str, &'static str, &'static str, u32);

const CASES: &[Case] = &[
    (
        "x = [1, 2.5, 3]\nprint(x, sep='')\n",
        "80002e0052044f0174005d0121005d005201520237020000000000001f0052032300",
        "f003010101da040f8001d9000580618852d70010",
        "",
        5,
    ),
    (
        "def f(a, *b, c=1, **d):\n    for i in a:\n        if i > c: b += (i,)\n    return b\n",
        "800056001000461400007004574138940000670300001c004b0b0000572433012c0d00000000000000000000\
         70024b16000009001e0056022300",
        "8000db0d0e8801d80b0c8e359021907495299221f103000e0fe00b0c8048",
        "",
        3,
    ),
    (
        "def f(a):\n    try:\n        with a as b: return b\n    except (A, B) as e:\n        raise C from e\n    finally:\n        print(a)\n",
        "80001b0056003b015f01750275035f0034000000000000007111750375025200520052003403000000000000\
         1f005c010000000000000000560034010000000000001f00230020002b002700000000000000670200001c00\
         69021f001d001f001f001f004d233b031d00690120005c0200000000000000005c0400000000000000003302\
         0600640d00001c0070025c06000000000000000054026802520070023f02690169003b031d0069011b005c01\
         0000000000000000540034010000000000001f005200230020005c0100000000000000005400340100000000\
         00001f0069003b031d006901",
        "8000f002050511df0d0e895190218f518951f40800090e88618d08f709000e0f8f51fbdc0c0d8c718836f400\
         010517dc0e0f9051880efbf003010517faf003000e0ff40800090e88618e08f88c0588618d08fa",
        "820a36008c0123058d0a3600a30b3309ae043600b201412400b3033600b611411303c10707410e03c10e0541\
         1303c11303412400c1240d413103",
        7,
    ),
    (
        "class A(B):\n    'Doc'\n    x: int = 1\n    def f(self):\n        self.y = super().f()\n        return [__class__ for _ in self]\n",
        "3c01800056005e0238840000640300001c00510168012f0053015b003b025201260000002300",
        "f887008200e1070a814af205000101",
        "",
        4,
    ),
    (
        "async def f(a):\n    async for x in a: yield await x\n",
        "22001f00800056000e000f0052006a030000780180034c050a001c007111470052006a030000780180034c05\
         0a003504780080051f004b18000007004c1307004c0b44165200230035036901",
        "e9008000d91314d70423d0042388619f47956dd1042399479231f9",
        "820324018504210289011d068a0321028d06240193011f06940924019d0121029f012401a1032401",
        4,
    ),
    (
        "match a:\n    case [1, x, *_] | {'k': x}: b\n    case C(y=0): c\n",
        "80005d003b013b011a00642100001c0012005e0238ac0000641a00001c003b015e002c1a0000000000000000\
         00005e0138580000640c00001c003b015e012c1a0000000000000000000075021f004d1e1f003b0119006416\
         00001c0012005e0138ac0000640f00001c00520318003b01650700001c007701000075031f001f004d051f00\
         1f001f001f004d0875021f0074011f005d021f00520123005d03520263003b01650d00001c00770100005e00\
         38580000640800001c005d041f00520123001f005201230052012300",
        "f003010101d80607d8091e8f1a8f1a8b1a8d218f1a88518a1a97689768936898419568d4091ea401d8090a8f\
         168d5193118a168951",
        "",
        6,
    ),
];

#[test]
fn code_is_byte_for_byte_what_is_expected() {
    for &(source, code, lines, handlers, depth) in CASES {
        let compiled = compile(source, &Options::default()).expect(source);
        let found = innermost(&compiled.code);
        assert_eq!(hex(&found.code), code, "{source}");
        assert_eq!(hex(&found.linetable), lines, "{source}");
        assert_eq!(hex(&found.exceptiontable), handlers, "{source}");
        assert_eq!(found.stacksize, depth, "{source}");
    }
}
