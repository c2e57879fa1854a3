"""Train the classifier over words and sets of terms on the development half of the corpus.

Captions of the procedural world are among its harmless texts. The threshold is chosen out of fold:
each quarter of the development half is judged by weights of the other three, and the border lies
where at most --twins of its harmless twins and --plain of its other harmless texts would be
refused. The held-out half and the fresh cases are never read. After a change of terms, run it
again:

    python benchmarks/train_prompt_words.py

It writes src/hanazora/safety/data/learned_words.json; `hanazora policy seal` renews its hash.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F
from prompt_filter import CORPUS
from prompt_filter_captions import TRAINING_SEED, captions
from train_prompt_meaning import HARMLESS, LEFT_OUT, SENTENCE

from hanazora.safety.policy import DATA_DIR, load_policy
from hanazora.safety.text.cases import Case, read_cases
from hanazora.safety.text.folding import fold
from hanazora.safety.text.judge import text_judge
from hanazora.safety.text.learned import NUM_PLACES, Model, Span, features, weigh, write_model
from hanazora.safety.text.terms import TermSets

STEPS, FOLDS = 80, 4
SCENES = 300
"""Scenes of the world whose captions are among the harmless texts."""

Example = tuple[dict[int, Span], str]


def examples(cases: list[Case], terms: TermSets) -> list[Example]:
    """Return what the sentences of some cases have, with their class."""
    found = []
    for case in cases:
        if case.expected == "allow":
            found += [(seen, HARMLESS) for seen in sentences(case.text, terms)]
        # Of a long caption it is not known which sentence is meant.
        elif case.kind == "short" and case.category not in LEFT_OUT:
            found += [(features(fold(case.text).text, terms), str(case.category))]
    return [(seen, name) for seen, name in found if seen]


def world_sentences(terms: TermSets) -> list[Example]:
    """Return what sentences of the procedural world's captions have: all of them harmless."""
    texts = {
        sentence
        for _, text in captions(SCENES, TRAINING_SEED)
        for sentence in SENTENCE.findall(text)
    }
    return [(features(fold(each).text, terms), HARMLESS) for each in sorted(texts)]


def sentences(text: str, terms: TermSets) -> list[dict[int, Span]]:
    """Return what each sentence of a text has."""
    return [features(each, terms) for each in SENTENCE.findall(fold(text).text)]


def fit(pairs: list[Example], classes: tuple[str, ...], regularise: float) -> Model:
    """Fit a softmax."""
    rows = [(row, place) for row, (seen, _) in enumerate(pairs) for place in seen]
    values = [1 / np.sqrt(len(seen)) for seen, _ in pairs for _ in seen]
    matrix = torch.sparse_coo_tensor(
        torch.tensor(rows).T,
        torch.tensor(values, dtype=torch.float32),
        (len(pairs), NUM_PLACES),
        check_invariants=True,
    )
    labels = torch.tensor([classes.index(name) for _, name in pairs])
    weight = torch.zeros(NUM_PLACES, len(classes), requires_grad=True)
    bias = torch.zeros(len(classes), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=STEPS)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(torch.sparse.mm(matrix, weight) + bias, labels)
        value = value + regularise * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return Model(classes, weight.detach().numpy().T, bias.detach().numpy(), 0.5)


def harm(text: str, terms: TermSets, model: Model) -> float:
    """Return the highest score of a text's sentences."""
    scores = [weigh(seen, model)[1] for seen in sentences(text, terms) if seen]
    return max(scores, default=0.0)


def border(
    cases: list[Case],
    world: list[Example],
    terms: TermSets,
    model: Model,
    options: argparse.Namespace,
) -> float:
    """Return the probability of harm from which on a text is refused."""
    fold_of = np.random.default_rng(0).integers(0, FOLDS, len(cases))
    twins, plain = [], []
    for left_out in range(FOLDS):
        rest = [case for case, part in zip(cases, fold_of, strict=True) if part != left_out]
        partial = fit(examples(rest, terms) + world, model.classes, options.regularise)
        for case, part in zip(cases, fold_of, strict=True):
            if part == left_out and case.expected == "allow":
                among = twins if case.kind == "twin" else plain
                among.append(harm(case.text, terms, partial))
    # With a border of one half a score is the probability itself.
    kept = [
        sorted(scores, reverse=True)[int(share * len(scores))]
        for scores, share in ((twins, options.twins), (plain, options.plain))
    ]
    return round(max(kept) + 0.001, 3)


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regularise", type=float, default=1e-4)
    parser.add_argument("--twins", type=float, default=0.05)
    parser.add_argument("--plain", type=float, default=0.004)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    terms = text_judge(load_policy()).rules.terms
    cases = [
        case
        for case in read_cases(CORPUS)
        if case.half == "development" and case.kind not in ("zh", "ja")
    ]
    world = world_sentences(terms)
    pairs = examples(cases, terms) + world
    classes = (HARMLESS, *sorted({name for _, name in pairs} - {HARMLESS}))
    model = fit(pairs, classes, options.regularise)
    model = model._replace(decides_at=border(cases, world, terms, model, options))
    about = f"Weights of benchmarks/train_prompt_words.py, {len(pairs)} sentences."
    (DATA_DIR / "learned_words.json").write_text(write_model(model, about), encoding="utf-8")
    print(f"{len(pairs)} sentences, {len(classes)} classes, harm from {model.decides_at}")


if __name__ == "__main__":
    main()
