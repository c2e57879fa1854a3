"""A video file leaves the system in one place only, so nothing bypasses the checks."""

import ast

from sources import dotted_names, imported_modules, name_of, source_files, tree_of

WAY_OUT = "pipelines/way_out.py"
ENCODER = "media/encode.py"


def test_only_the_way_out_imports_the_encoder():
    users = {
        name_of(path)
        for path in source_files()
        if "hanazora.media.encode" in set(imported_modules(tree_of(path)))
        or "encode" in names_from_media(tree_of(path))
    }
    assert users == {WAY_OUT}


def names_from_media(tree):
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "hanazora.media"
        for alias in node.names
    }


def test_only_media_knows_the_video_library():
    users = {name_of(path) for path in source_files() if uses_av(path)}
    assert {name.split("/")[0] for name in users} == {"media"}


def uses_av(path):
    return any(name.split(".")[0] == "av" for name in imported_modules(tree_of(path)))


def test_only_the_encoder_opens_a_container_to_write():
    for path in source_files():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "av.open":
                writes = len(node.args) > 1 or any(word.arg == "mode" for word in node.keywords)
                assert not writes or name_of(path) == ENCODER, name_of(path)


def test_every_place_is_called_by_the_way_out():
    called = {
        node.func.id
        for path in source_files()
        if name_of(path) == WAY_OUT
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert {"check_prompt", "check_frames", "embed", "sign_file", "verify_file"} <= called


def test_only_one_module_asks_about_cuda():
    for path in source_files():
        for name, line in dotted_names(tree_of(path)):
            if name.startswith(("torch.cuda", "torch.backends.mps")):
                assert name_of(path) == "parallel/device.py", f"{name_of(path)}:{line} {name}"
