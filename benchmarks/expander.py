"""How much of free-form prompts the expander understands, per field, and how long it takes.

    python benchmarks/expander.py [--half dev|held_out] [--language en|zh|ja] [--show] [--semantic]

The prompts and what they assert were written by hand before the rules were tuned; the even lines
(the dev half) were looked at while tuning, the odd ones (held out) were not.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from hanazora.pipelines.expander.expand import Expansion, expand
from hanazora.world import vocabulary as v
from hanazora.world.captions import write_caption
from hanazora.world.sampling import sample_spec

PROMPTS = Path(__file__).parent.parent / "tests/unit/pipelines/expander/prompts"
INVERSE = {
    "left_of": "right_of", "right_of": "left_of", "in_front_of": "behind",
    "behind": "in_front_of", "next_to": "next_to",
}  # fmt: skip
SCENE = {
    **dict.fromkeys(v.SETTINGS, "setting"),
    **dict.fromkeys(v.WEATHERS, "weather"),
    **dict.fromkeys(v.TIMES_OF_DAY, "time_of_day"),
    **dict.fromkeys(v.STYLES, "style"),
    **dict.fromkeys(v.CAMERA_MOVES, "camera"),
}
SUBJECT = {
    **dict.fromkeys(v.ACTIONS, "action"),
    **dict.fromkeys(v.KINDS, "kind"),
    **dict.fromkeys(v.COLOURS, "colour"),
    **dict.fromkeys(v.SIZES, "size"),
    **dict.fromkeys(v.PATTERNS, "pattern"),
    **dict.fromkeys(v.DIRECTIONS, "direction"),
    **dict.fromkeys(v.EXTRAS, "extra"),
    "many": "count",
}


def read_prompts(language: str, half: str) -> list[tuple[str, str]]:
    """Return (prompt, expected facts) of one half."""
    lines = (PROMPTS / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [tuple(line.split("\t")) for line in lines if line]
    wanted = {"dev": (0,), "held_out": (1,), "all": (0, 1)}[half]
    return [(p, facts) for number, (p, facts) in enumerate(pairs) if number % 2 in wanted]


Fact = tuple[str, str]


def expected_facts(text: str) -> tuple[list[Fact], list[list[Fact]], list[Fact]]:
    """Split the notation into facts of the picture, of each subject, and between them."""
    scene_text, *parts = text.split(";")
    scene = [(SCENE[word.split("/")[0]], word) for word in scene_text.split()]
    subjects: list[list[Fact]] = []
    between: list[Fact] = []
    for part in parts:
        words = part.split()
        if words[0] == "no":
            scene.append(("without", words[1]))
            continue
        if words == ["couple"] or words[0] == "couple":
            walks = [("couple", "")]
            subjects += [[("kind", "woman"), *_words(words[1:]), *walks], [("kind", "man"), *walks]]
            continue
        here = len(subjects)
        subjects.append(_words([word for word in words if ":" not in word]))
        for word in words:
            if ":" in word:
                name, other = word.split(":")
                between.append((name, f"{here} {other}"))
    return scene, subjects, between


def _words(words: list[str]) -> list[Fact]:
    found = []
    for word in words:
        first = word.split("/")[0]
        found.append(("count" if first.isdigit() else SUBJECT[first], word))
    return found


def said_facts(expansion: Expansion) -> tuple[list[Fact], list[list[Fact]], list[Fact]]:
    """Return what the expander says the user said, in the same form."""
    scene: list[Fact] = []
    subjects: dict[int, list[Fact]] = {}
    between: list[Fact] = []
    for fact in expansion.understood:
        if fact.subject >= 0:
            subjects.setdefault(fact.subject, [])
        if fact.origin == "default" and fact.name != "kind":
            continue
        if fact.subject < 0:
            scene.append((fact.name, str(fact.value)))
        elif fact.name == "target":
            between.append(("target", f"{fact.subject} {fact.value}"))
        elif fact.name == "relation":
            name, other = str(fact.value).split(":")
            between.append((name, f"{fact.subject} {other}"))
        else:
            subjects[fact.subject].append((fact.name, str(fact.value)))
    couple = any(f.name == "kind" and f.origin != "default" for f in expansion.understood)
    chosen = [f for f in expansion.understood if f.name == "kind" and f.origin == "default"]
    for fact in chosen:  # chosen for the user, unless it is the other half of a couple
        if not (couple and fact.subject == 1 and fact.value == "man"):
            subjects.pop(fact.subject, None)
    return scene, [subjects[index] for index in sorted(subjects)], between


def _agrees(wanted: str, found: str, name: str) -> bool:
    if name == "count" and wanted == "many":
        return int(found) > 1
    return found in wanted.split("/")


def compare(text: str, expansion: Expansion, tally: Counter[tuple[str, str]]) -> list[str]:
    """Count right, missing and extra facts per field; return what is wrong."""
    scene, subjects, between = expected_facts(text)
    said_scene, said_subjects, said_between = said_facts(expansion)
    wrong = _compare_lists(scene, said_scene, tally)
    place = _match(subjects, said_subjects)
    for index, wanted in enumerate(subjects):
        said = said_subjects[place[index]] if index in place else []
        wrong += _compare_lists(wanted, said, tally)
    for number, said in enumerate(said_subjects):
        if number not in place.values():
            wrong += _compare_lists([], said, tally)
    moved = []
    for name, pair in between:
        one, other = (place.get(int(index), -9) for index in pair.split())
        moved.append((name, f"{one} {other}"))
    same_way = set(moved)
    turned = []
    for name, pair in said_between:
        one, other = pair.split()
        back = (INVERSE.get(name, name), f"{other} {one}")
        turned.append(back if back in same_way and name in INVERSE else (name, pair))
    wrong += _compare_lists(_named(moved), _named(turned), tally)
    return wrong


def _named(facts: list[Fact]) -> list[Fact]:
    return [("target" if name == "target" else "relation", f"{name} {p}") for name, p in facts]


def _compare_lists(
    wanted: list[Fact], said: list[Fact], tally: Counter[tuple[str, str]]
) -> list[str]:
    left = list(said)
    wrong = []
    if ("couple", "") in wanted:  # a couple walks: that is what the word says
        wanted = [fact for fact in wanted if fact[0] != "couple"]
        left = [fact for fact in left if fact[0] not in ("action", "direction")]
    for name, value in wanted:
        hit = next((f for f in left if f[0] == name and _agrees(value, f[1], name)), None)
        if hit is None:
            tally[name, "missing"] += 1
            wrong.append(f"-{name}={value}")
        else:
            left.remove(hit)
            tally[name, "right"] += 1
    for name, value in left:
        if name == "count" and value == "1":
            continue
        tally[name, "extra"] += 1
        wrong.append(f"+{name}={value}")
    return wrong


def _match(subjects: list[list[Fact]], said: list[list[Fact]]) -> dict[int, int]:
    """Pair subjects by kind, then by as many equal facts as possible."""
    pairs = []
    for index, wanted in enumerate(subjects):
        for number, found in enumerate(said):
            score = sum(
                (5 if name == "kind" else 1)
                for name, value in wanted
                if any(f == name and _agrees(value, x, name) for f, x in found)
            )
            pairs.append((-score, abs(index - number), index, number))
    chosen: dict[int, int] = {}
    for score, _, index, number in sorted(pairs):
        if score <= -5 and index not in chosen and number not in chosen.values():
            chosen[index] = number
    return chosen


def report_captions(number: int) -> None:
    """Measure how many captions stay unchanged, and how many of their facts are understood."""
    tally: Counter[tuple[str, str]] = Counter()
    unchanged = 0
    for seed in range(number):
        caption = write_caption(sample_spec(seed + 5000), seed)
        expansion = expand(caption.text, semantic=False)
        unchanged += expansion.text == caption.text
        if not caption.says("num_shots") and not caption.says("script"):
            wanted = [(f.name, _plain(f.name, f.value)) for f in caption.asserted]
            said = [(f.name, _plain(f.name, f.value)) for f in expansion.understood]
            _compare_lists([fact for fact in wanted if fact != ("count", "1")], said, tally)
    print(f"captions: {unchanged} of {number} unchanged")
    print_table(tally)


def _plain(name: str, value: str | int) -> str:
    """A caption may name the other one of two subjects first: numbers are not compared."""
    if name == "relation":
        relation = str(value).split(":")[0]
        return min(relation, INVERSE.get(relation, relation))
    return "" if name == "target" else str(value)


def main() -> None:
    """Print a table per language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", default="held_out", choices=("dev", "held_out", "all"))
    parser.add_argument("--language", choices=("en", "zh", "ja"))
    parser.add_argument("--show", action="store_true", help="print every prompt with a mistake")
    parser.add_argument("--semantic", action="store_true", help="use the sentence encoder")
    parser.add_argument("--captions", type=int, metavar="N", help="captions of training instead")
    options = parser.parse_args()
    if options.captions:
        report_captions(options.captions)
        return
    for language in [options.language] if options.language else ["en", "zh", "ja"]:
        report(language, options.half, options)


def report(language: str, half: str, options: argparse.Namespace) -> None:
    """Measure one language."""
    tally: Counter[tuple[str, str]] = Counter()
    prompts = read_prompts(language, half)
    expand(prompts[0][0], semantic=options.semantic)  # reads the lexicon
    exact, seconds = 0, []
    for prompt, text in prompts:
        start = time.process_time()
        expansion = expand(prompt, semantic=options.semantic)
        seconds.append(time.process_time() - start)
        wrong = compare(text, expansion, tally)
        exact += not wrong
        if wrong and options.show:
            print(f"{prompt}\n    {' '.join(wrong)}\n    {expansion.text}")
            print(f"    ignored: {', '.join(expansion.ignored)}")
    median = sorted(seconds)[len(seconds) // 2] * 1000
    print(f"{language} {half}: {exact} of {len(prompts)} prompts without a mistake; "
          f"{median:.2f} ms of CPU a prompt, {max(seconds) * 1000:.2f} at most")  # fmt: skip
    print_table(tally)


def print_table(tally: Counter[tuple[str, str]]) -> None:
    """Print a line per field: asserted, found, and said although nobody asked."""
    print(f"    {'field':12} {'asserted':>8} {'found':>6} {'share':>6} {'invented':>8}")
    for name in sorted({field for field, _ in tally}):
        right, missing, extra = (tally[name, x] for x in ("right", "missing", "extra"))
        share = f"{right / (right + missing):.1%}" if right + missing else "-"
        print(f"    {name:12} {right + missing:8} {right:6} {share:>6} {extra:8}")


if __name__ == "__main__":
    main()
