import hashlib

import numpy as np
import pytest

from hanazora.core.errors import UserError
from hanazora.safety.frames.moderator import ModeratorError
from hanazora.safety.frames.onnx_classifier import OnnxModerator, read_descriptor

DESCRIPTOR = """
name = "mean-colour"
model = "mean.onnx"
sha256 = "{sha256}"
size = [4, 4]
activation = "{activation}"
[[labels]]
name = "red"
category = "violence"
threshold = 0.8
[[labels]]
name = "green"
[[labels]]
name = "blue"
category = "sexual"
threshold = 0.25
"""


def field(number, content):
    """A field of a protobuf message: a number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def value_info(name, *sizes):
    dims = b"".join(field(1, field(1, size)) for size in sizes)
    tensor = field(1, 1) + field(2, dims)  # float, shape
    return field(1, name) + field(2, field(1, tensor))


def mean_colour_model():
    """The bytes of an ONNX model whose three outputs are the mean red, green and blue."""
    axes = field(1, b"axes") + field(8, 2) + field(8, 3) + field(20, 7)
    keep = field(1, b"keepdims") + field(3, 0) + field(20, 2)
    node = (
        field(1, b"x") + field(2, b"y") + field(4, b"ReduceMean") + field(5, axes) + field(5, keep)
    )
    graph = field(1, node) + field(2, b"g")
    graph += field(11, value_info(b"x", 1, 3, 4, 4)) + field(12, value_info(b"y", 1, 3))
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def write(tmp_path, activation="none", content=None, text=DESCRIPTOR):
    model = mean_colour_model() if content is None else content
    (tmp_path / "mean.onnx").write_bytes(model)
    sha256 = hashlib.sha256(mean_colour_model()).hexdigest()
    path = tmp_path / "mean.toml"
    path.write_text(text.format(sha256=sha256, activation=activation))
    return path


def pictures():
    red, blue = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8, 3), np.uint8)
    red[..., 0], blue[..., 2] = 255, 51
    return np.stack([red, blue])


def test_a_real_model_is_fed_and_read(tmp_path):
    pytest.importorskip("onnxruntime")
    moderator = OnnxModerator(write(tmp_path))
    first, second = moderator.judge(pictures())
    assert moderator.name == "onnx/mean-colour"
    assert moderator.categories == ("violence", "sexual")
    assert first == pytest.approx({"violence": 1.0, "sexual": 0.0}, abs=1e-5)
    assert second == pytest.approx({"violence": 0.0, "sexual": 0.4}, abs=1e-5)


def test_probabilities_are_bent_to_the_common_scale(tmp_path):
    pytest.importorskip("onnxruntime")
    red = OnnxModerator(write(tmp_path, "softmax")).judge(pictures())[0]
    chance = np.exp(1) / (np.exp(1) + 2)
    assert red["violence"] == pytest.approx(0.5 * chance / 0.8, abs=1e-5)
    assert red["sexual"] == pytest.approx(0.5 * (1 / (np.exp(1) + 2)) / 0.25, abs=1e-5)
    red = OnnxModerator(write(tmp_path, "sigmoid")).judge(pictures())[0]
    assert red["sexual"] == pytest.approx(0.5 + 0.5 * 0.25 / 0.75, abs=1e-5)


def test_another_model_than_the_named_one_is_refused(tmp_path):
    pytest.importorskip("onnxruntime")
    moderator = OnnxModerator(write(tmp_path, content=b"something else"))
    with pytest.raises(ModeratorError, match="not the file"):
        moderator.judge(pictures())


def test_labels_must_be_as_many_as_outputs(tmp_path):
    pytest.importorskip("onnxruntime")
    short = DESCRIPTOR.rsplit("[[labels]]", 1)[0]
    with pytest.raises(ModeratorError, match="3 outputs"):
        OnnxModerator(write(tmp_path, text=short)).judge(pictures())


def test_a_descriptor_is_read_strictly(tmp_path):
    assert read_descriptor(write(tmp_path)).size == (4, 4)
    with pytest.raises(UserError, match="cannot read"):
        read_descriptor(tmp_path / "absent.toml")
    for text in ("name = ", DESCRIPTOR + "\nthreshhold = 1", DESCRIPTOR.replace("0.8", "1.8")):
        with pytest.raises(UserError):
            read_descriptor(write(tmp_path, text=text))
