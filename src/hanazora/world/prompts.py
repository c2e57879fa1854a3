"""Stable lists: held-out prompts for evaluation, the showcase, the words of the tokenizer."""

from dataclasses import replace

from hanazora.world import splits
from hanazora.world.captions import LENGTHS, Caption, all_facts, write_caption
from hanazora.world.draw import generator
from hanazora.world.frames_of_speech import SHOWCASE_TEXTS
from hanazora.world.sampling import sample_spec
from hanazora.world.spec import CameraSpec, SceneSpec, ShotSpec, SubjectSpec
from hanazora.world.speech.noun_phrases import Fact

MUST_SAY = {
    "seen": ("kind", "colour", "action"),
    "pair": ("kind", "colour"),
    "triple": ("kind", "action", "camera"),
    "scene": ("kind", "setting", "weather"),
    "count": ("kind", "count"),
    "words": ("kind",),
}
"""What a held-out prompt asserts at least: the facts that the split is about."""

_MAX_TRIES = 400


def held_out_prompts(
    split: str, n: int, seed: int, *, num_frames: int = 17, length: str = "any"
) -> list[tuple[SceneSpec, Caption]]:
    """Return the same `n` prompts every time for the split and seed.

    Args:
        split: one of `splits.SPLITS` but "train".
        n: how many; the first ones of a longer list are those of a shorter one.
        seed: one list per seed.
        num_frames: frames of the clips.
        length: one of `captions.LENGTHS`, or "any" for short, medium and long ones.
    """
    if split not in MUST_SAY:
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(MUST_SAY)}")
    rng = generator(seed, f"prompts {split}")
    prompts = []
    for _ in range(n):
        spec = sample_spec(int(rng.random() * 2**52), split=split, num_frames=num_frames)
        prompts.append((spec, _telling_caption(spec, split, int(rng.random() * 2**52), length)))
    return prompts


def _telling_caption(spec: SceneSpec, split: str, seed: int, length: str) -> Caption:
    """Return the first caption of the seed that says what the split is about."""
    for attempt in range(_MAX_TRIES):
        chosen = LENGTHS[1 + (seed + attempt) % 3] if length == "any" else length
        caption = write_caption(spec, seed + attempt, chosen, split=split)
        if all(_says(caption, spec, name) for name in MUST_SAY[split]) and (
            split != "words" or has_held_out_words(caption)
        ):
            return caption
    raise RuntimeError(f"no caption of split {split!r} says {MUST_SAY[split]} of {spec}")


def _says(caption: Caption, spec: SceneSpec, name: str) -> bool:
    if name in ("kind", "colour", "action", "count"):
        return caption.says(name, 0)
    return caption.says(name)


def has_held_out_words(caption: Caption) -> bool:
    """Say whether the caption uses a held-out synonym or sentence frame."""
    return caption.frame in splits.HELD_OUT_FRAMES or bool(held_out_phrases_in(caption.text))


def held_out_phrases_in(text: str) -> list[str]:
    """Return the held-out phrases that occur in the text, in any form."""
    plain = splits.plain_words(text)
    return [spelled for spelled in _HELD_OUT_SPELLINGS if spelled in plain]


_HELD_OUT_SPELLINGS = tuple(
    sorted({form for phrase in splits.HELD_OUT_PHRASES for form in splits.spellings(phrase)})
)


def vocabulary_words() -> list[str]:
    """Return every word that captions are made of, held-out ones too, for tokenizer training."""
    found: set[str] = set()
    for group in splits.synonym_groups():
        for phrase in group:
            found.update(word for form in splits.spellings(phrase) for word in form.split())
    for text in splits.fixed_texts():
        found.update(text.split())
    return sorted(found)


def tokenizer_texts(num_captions: int = 20_000) -> list[str]:
    """Return what a tokenizer is trained on: captions of training, and every word on its own.

    The words come often enough that each becomes one token, also those of the `words` split.
    """
    captions = [write_caption(sample_spec(seed), seed).text for seed in range(num_captions)]
    found = vocabulary_words()
    inside, alone = [f" {word}" for word in found], [*found, *(f" {w.title()}" for w in found)]
    return captions + 30 * inside + 5 * alone


def showcase(name: str, *, num_frames: int = 49, seed: int = 1) -> tuple[SceneSpec, Caption]:
    """Return one of the showcase scenes (`SHOWCASE_TEXTS`) with its sentence and facts."""
    if name not in SHOWCASE_TEXTS:
        raise ValueError(f"showcase is {name!r}; it must be one of {', '.join(SHOWCASE_TEXTS)}")
    spec = replace(_showcase_specs()[name], seed=seed, num_frames=num_frames)
    if name == "reef":
        spec = replace(spec, shots=_reef_shots(num_frames))
    caption = Caption(
        text=SHOWCASE_TEXTS[name],
        asserted=_said_facts(name, spec),
        length="long",
        frame="showcase",
    )
    return spec, caption


def _showcase_specs() -> dict[str, SceneSpec]:
    follow, still = CameraSpec(move="follow"), CameraSpec(move="static")

    def walker(kind: str, colour: str) -> SubjectSpec:
        return SubjectSpec(kind=kind, colour=colour, action="walk", direction="away")

    return {
        "sakura": SceneSpec(
            seed=0, setting="cherry_alley", weather="petals_snow", camera=follow,
            subjects=(walker("woman", "red"), walker("man", "blue")), script="couple_walk",
        ),
        "neon": SceneSpec(
            seed=0, setting="neon_street", weather="rain", time_of_day="night", style="film",
            camera=follow, subjects=(walker("woman", "red"), walker("man", "black")),
            script="couple_walk",
        ),
        "reef": SceneSpec(
            seed=0, setting="reef", weather="bubbles", style="paper", script="shots",
            subjects=(
                SubjectSpec(kind="fish", colour="orange", pattern="stripe", action="swim",
                            direction="left"),
                SubjectSpec(kind="turtle", colour="green", action="swim", direction="right"),
                SubjectSpec(kind="jellyfish", colour="pink", action="rise"),
            ),
        ),
        "truck": SceneSpec(
            seed=0, setting="road", camera=still, script="truck_sign",
            subjects=(
                SubjectSpec(kind="truck", colour="blue", size="large", action="pass_front",
                            direction="right", target=1),
                SubjectSpec(kind="sign", colour="white"),
            ),
        ),
        "return": SceneSpec(
            seed=0, setting="park", camera=still, script="leave_return",
            subjects=(SubjectSpec(kind="man", colour="green", action="return", direction="left",
                                  extras=("hat",)),),
        ),
        "toys": SceneSpec(
            seed=0, setting="toys", camera=CameraSpec(move="dolly_in"),
            subjects=(
                SubjectSpec(kind="ball", colour="red", size="small", action="bounce"),
                SubjectSpec(kind="box", colour="blue", size="large", relation=("next_to", 0)),
            ),
        ),
    }  # fmt: skip


def _reef_shots(num_frames: int) -> tuple[ShotSpec, ...]:
    moves = ("static", "pan_right", "static")
    return tuple(
        ShotSpec(
            start_frame=1 + 4 * round((index * num_frames / 3 - 1) / 4) if index else 0,
            camera=CameraSpec(move=move),
            subjects=(index,),
            setting="reef",
            weather="bubbles",
            time_of_day="day",
        )
        for index, move in enumerate(moves)
    )


_SAID = {
    "sakura": ("setting", "weather", "camera", "script", "action", "direction"),
    "neon": ("setting", "weather", "time_of_day", "style", "camera", "action", "direction",
             "kind", "colour"),
    "reef": ("setting", "style", "num_shots", "shot", "kind", "colour", "pattern", "action",
             "direction"),
    "truck": ("setting", "camera", "script", "kind", "colour", "size", "action", "direction",
              "target"),
    "return": ("setting", "camera", "script", "kind", "colour", "extra", "action", "direction"),
    "toys": ("setting", "camera", "kind", "colour", "size", "action", "relation"),
}  # fmt: skip


def _said_facts(name: str, spec: SceneSpec) -> tuple[Fact, ...]:
    """Return the facts that the showcase sentence asserts."""
    facts = [fact for fact in all_facts(spec) if fact.name in _SAID[name]]
    resting = ("action", 1, "stand")
    return tuple(f for f in facts if (f.name, f.subject, f.value) != resting)
