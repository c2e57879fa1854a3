import numpy as np

from hanazora.core.shapes import VideoShape, latent_shape
from hanazora.world.clip import render_clip
from hanazora.world.facts import to_json
from hanazora.world.labels import FIELDS, IGNORE, label_grid
from hanazora.world.sampling import sample_spec
from hanazora.world.vocabulary import COLOURS, KINDS


def _facts(boxes: list[list[int] | None], **changes: object) -> dict[str, object]:
    thing = {"kind": "car", "colour": "red", "direction": "left", "boxes": boxes}
    facts = {
        "setting": "road", "camera": "static", "cuts": [], "num_frames": len(boxes),
        "objects": [thing],
    }  # fmt: skip
    return {**facts, **changes}


def test_cells_whose_centre_is_in_a_box_are_labelled() -> None:
    facts = _facts([[16, 0, 40, 24]])
    grid = label_grid(facts, latent_shape(VideoShape(1, 48, 64)))
    assert grid.shape == (1, 3, 4, len(FIELDS))
    car = 1 + KINDS.index("car")
    # Centres lie at 8, 24, 40, 56: the box covers the second column of rows 0 and 0.5 only.
    assert np.argwhere(grid[0, ..., 2] == car).tolist() == [[0, 1]]
    assert grid[0, 0, 1, 3] == COLOURS.index("red")
    assert (grid[0, 1, :, 3:] == IGNORE).all() and (grid[0, 1, :, 2] == 0).all()
    assert (grid[..., 0] != IGNORE).all()


def test_each_latent_frame_takes_its_own_box_and_an_unseen_thing_labels_nothing() -> None:
    boxes: list[list[int] | None] = [None, None, [0, 0, 16, 16], None, None]
    grid = label_grid(_facts(boxes), latent_shape(VideoShape(5, 16, 32)))
    assert (grid[0, ..., 2] == 0).all()
    assert (grid[1, ..., 2] > 0).tolist() == [[True, False]]


def test_the_nearer_box_wins_and_cuts_leave_the_place_open() -> None:
    facts = _facts([[0, 0, 64, 64]], cuts=[3])
    small = {"kind": "dog", "colour": "blue", "direction": "none", "boxes": [[0, 0, 16, 16]]}
    facts["objects"] = [small, *facts["objects"]]  # type: ignore[misc]
    grid = label_grid(facts, latent_shape(VideoShape(1, 64, 64)))
    assert grid[0, 0, 0, 2] == 1 + KINDS.index("dog")
    assert grid[0, 1, 1, 2] == 1 + KINDS.index("car")
    assert (grid[..., :2] == IGNORE).all()


def test_labels_of_a_rendered_clip_lie_on_its_subject() -> None:
    clip = render_clip(sample_spec(3, num_frames=1), 96, 160)
    facts = to_json(clip.facts)
    grid = label_grid(facts, latent_shape(VideoShape(1, 96, 160)))
    kinds = {FIELDS["kind"][number] for number in np.unique(grid[..., 2])}
    assert kinds <= {"background", *(thing.kind for thing in clip.facts.objects)}
