"""Paths joined, split, matched and compared by pathlib; nothing touches a disk."""

from pathlib import PurePosixPath, PureWindowsPath


def bench_paths(threads):
    root = PurePosixPath("/srv/data")
    names = [f"set{n % 7}/part-{n:03}.{'txt' if n % 3 else 'tar.gz'}" for n in range(300)]
    total = 0
    kept = []
    for _ in range(80):
        paths = [root / name for name in names]
        total += sum(path.suffix == ".txt" for path in paths)
        total += sum(len(path.parts) for path in paths)
        total += len({path.parent for path in paths})
        total += sum(path.match("set3/*.gz") for path in paths)
        kept = sorted(path.relative_to(root).with_suffix(".out") for path in paths if "part-1" in path.name)
        total += sum(len(str(path.with_name(path.stem + "-old"))) for path in kept)
        total += len([p for path in kept[:30] for p in path.parents])
    windows = PureWindowsPath("C:\\Users", "x") / "File.TXT"
    return total, str(kept[0]), windows.as_posix(), windows == PureWindowsPath("c:/users/X/file.txt")
