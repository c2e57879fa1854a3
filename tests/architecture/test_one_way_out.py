"""A video file leaves the system in one place only, so nothing bypasses the checks."""

import ast

from sources import dotted_names, imported_modules, name_of, source_files, tree_of

WAY_OUT = "pipelines/way_out.py"
STEPS = "pipelines/publishing/"
ENCODER = "media/encode.py"

# Sheets for whoever trains on their own clips or looks at the procedural world, and frames sent
# to a moderator of the policy; a file of the model never goes this way.
OTHER_PICTURES = {
    "cli/world.py", "cli/data/preview.py", "train/samples.py", "safety/frames/remote.py",
}  # fmt: skip

# Strips for a page, cut from files that were let out.
CONTACT_STRIPS = "cli/gallery/page.py"


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


def test_every_place_is_called_on_the_way_out():
    called = {
        node.func.id
        for path in source_files()
        if name_of(path) == WAY_OUT or name_of(path).startswith(STEPS)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert {
        "check_texts", "judge_upload", "FrameFilter", "Watermarker", "Fingerprinter", "sign_file",
        "verify_file", "open_ledger", "open_audit_log",
    } <= called  # fmt: skip


def test_only_the_way_out_writes_pictures_of_the_model():
    users = importers("hanazora.media.picture_files", {"write_picture", "encode_picture"})
    assert users == {WAY_OUT, CONTACT_STRIPS}
    writers = importers("hanazora.media.pictures", {"write_png", "encode_png"})
    assert writers <= {"media/picture_files.py", *OTHER_PICTURES}


def test_only_the_way_out_seals_a_file():
    assert importers("hanazora.provenance.sign", {"sign_file"}) == {f"{STEPS}sealing.py"}
    assert importers("hanazora.pipelines.publishing.sealing", {"seal"}) == {WAY_OUT}


def importers(module, names):
    return {
        name_of(path)
        for path in source_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module == module
        if {alias.name for alias in node.names} & names
    }


def test_only_one_module_asks_about_cuda():
    for path in source_files():
        for name, line in dotted_names(tree_of(path)):
            if name.startswith(("torch.cuda", "torch.backends.mps")):
                assert name_of(path) == "parallel/device.py", f"{name_of(path)}:{line} {name}"
