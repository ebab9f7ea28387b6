"""Compares freshly run notebooks with the stored ones, or stores them: compare.py [--write] FRESH"""

import json
import pathlib
import re
import sys

# What may differ from run to run: seconds, rates, and the ids of a run.
VARYING = re.compile(r"\d[\d,.]* (ms|s|min|MB/s|M?tokens/s)\b|\d{4}-\d\d-\d\dT[\d:.]+Z?")


def outputs(cell):
    """The text of a cell's output, by kind."""
    parts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {"text": output.get("text", "")})
        parts += [f"{kind}: {''.join(text)}" for kind, text in sorted(data.items())]
    return VARYING.sub("_", "\n".join(parts))


def main(write, fresh):
    different = 0
    for path in sorted(fresh.glob("*.ipynb")):
        new = json.loads(path.read_text())
        stored = pathlib.Path(path.name)
        if write:
            for cell in new["cells"]:
                cell["metadata"] = {}
            new["metadata"].pop("language_info", None)
            stored.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n")
            continue
        old = json.loads(stored.read_text())
        for number, (was, now) in enumerate(zip(old["cells"], new["cells"]), 1):
            if outputs(was) != outputs(now):
                different += 1
                print(f"{path.name}, cell {number}: stored\n{outputs(was)}\nbut now\n{outputs(now)}")
    if different:
        sys.exit(f"error: {different} cells differ; notebooks/run --write stores what they print now")
    print("notebooks:", "stored" if write else "as stored")


main("--write" in sys.argv, pathlib.Path(sys.argv[-1]))
