"""Everything the lists find in many texts, to show that faster code decides the same.

    python benchmarks/prompt_filter_decisions.py --write before.json
    python benchmarks/prompt_filter_decisions.py --against before.json

Read are all cases of `tests/corpus`, each under one of nine disguises too, every string that is
shipped, and the long and adversarial texts of `prompt_filter_texts.py`. Compared are every finding
with its category, score, rule, place and detail, and the reading in clear that meaning reads.
"""

import argparse
import hashlib
import itertools
import json
import time
from pathlib import Path

from prompt_filter import CORPUS, without_meaning
from prompt_filter_texts import ADVERSARIAL, long_texts
from shipped_strings import shipped_strings

from hanazora.safety.policy import load_policy
from hanazora.safety.prompt_filter import MAX_TEXT_CHARS, judge_text
from hanazora.safety.text.cases import DISGUISES, read_cases
from hanazora.safety.text.judge import text_judge


def texts_to_read() -> list[str]:
    """Return all texts, each once."""
    cases = [case for path in sorted(CORPUS.parent.glob("*.jsonl")) for case in read_cases(path)]
    plain = [case.text for case in cases]
    disguises = itertools.cycle(DISGUISES.values())
    hidden = [disguise(text) for text, disguise in zip(plain, disguises, strict=False)]
    shipped = [text for _, text in shipped_strings()]
    texts = [*plain, *hidden, *shipped, *long_texts(), *ADVERSARIAL.values()]
    return list(dict.fromkeys(text[:MAX_TEXT_CHARS] for text in texts))


def decisions() -> dict[str, str]:
    """Return a digest of everything that is found, by the digest of the text."""
    policy = without_meaning(load_policy())
    found = {}
    for text in texts_to_read():
        findings = judge_text(text, policy=policy).findings
        clear = text_judge(policy).clear(text)
        said = repr((findings, clear.text, list(clear.origin)))
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        found[key] = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    return found


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--against", type=Path)
    arguments = parser.parse_args()
    started = time.process_time()
    found = decisions()
    print(f"{len(found)} texts in {time.process_time() - started:.0f} s of one core")
    if arguments.write:
        arguments.write.write_text(json.dumps(found))
    if arguments.against:
        before = json.loads(arguments.against.read_text())
        common = before.keys() & found.keys()
        changed = sum(before[key] != found[key] for key in common)
        print(f"{changed} differences in {len(common)} texts")


if __name__ == "__main__":
    main()
