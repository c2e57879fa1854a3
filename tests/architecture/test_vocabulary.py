import ast
import re

import pytest
from exceptions import NOT_ASCII
from sources import PACKAGE, name_of, source_files, tree_of

# What we do not say, and what we say (STYLE.md).
BANNED = {
    "x_0": "latents", "x_1": "noise",
    "cfg_scale": "guidance_scale", "guide_scale": "guidance_scale",
    "frame_num": "num_frames", "video_length": "num_frames", "n_frames": "num_frames",
    "sampling_steps": "num_inference_steps", "infer_steps": "num_inference_steps",
    "n_prompt": "negative_prompt", "neg_prompt": "negative_prompt", "dit": "transformer",
    "denoiser": "transformer", "ae": "autoencoder", "vae": "autoencoder", "txt": "text",
    "encoder_hidden_states": "prompt_embeds", "shift_alpha": "flow_shift", "n_embd": "hidden_size",
    "heads_num": "num_heads", "frame_rate": "fps", "sample_fps": "fps", "global_step": "step",
    "cur_nimg": "step", "ckpt": "checkpoint", "n_heads": "num_heads", "n_layers": "num_layers",
    "cfg": "config",
}  # fmt: skip


def identifiers(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg, node.value.lineno


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_one_word_for_one_thing(path):
    for name, line in identifiers(tree_of(path)):
        if name in BANNED:
            pytest.fail(f"{name_of(path)}:{line} says {name}; we say {BANNED[name]}")


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_a_config_is_never_read_with_a_default(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and node.attr == "get":
            owner = ast.unparse(node.value)
            assert not re.search(r"\bconfig$", owner), f"{name_of(path)}:{node.lineno} {owner}.get"


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_plain_ascii_and_no_deferred_annotations(path):
    text = path.read_text(encoding="utf-8")
    assert text.isascii() or name_of(path) in NOT_ASCII, f"{name_of(path)} is not plain ASCII"
    assert "from __future__ import annotations" not in text


def test_no_mark_is_left_behind():
    marks = re.compile(r"#.*\b(TODO|FIXME|HACK|XXX)\b")
    for path in PACKAGE.rglob("*.py"):
        found = marks.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{name_of(path)}: {found.group()}"
