"""A video file leaves the system in one place only, so nothing bypasses the checks."""

import ast

import pytest
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


# Every file that writes bytes at all, and what they are; none of it is a picture or a video.
BYTE_WRITERS = {
    "core/paths.py": "whole or not at all, for others",
    "data/latent_pool.py": "latents of a pool",
    "evals/permanence/cases.py": "renders of the world, drawn once",
    "media/encode.py": "a video",
    "media/mp4.py": "the boxes of a video that lies there",
    "media/picture_files.py": "a picture",
    "media/pictures.py": "a picture",
    "pipelines/publishing/sealing.py": "a file that the policy lets out unsigned",
    "provenance/compact.py": "a manifest into a file that lies there",
    "provenance/keys.py": "certificates",
    "provenance/sign.py": "a manifest",
    "safety/audit/keys.py": "a key",
    "safety/audit/log.py": "lines of the log",
    "train/autoencoder_data.py": "renders of the world, to train on",
    "train/frame_classifier/dataset.py": "renders of the frame classifier, to train on",
}

# Who starts other programs, and who imports by a name that is put together.
PROGRAMS = {"cli/gallery/samples.py", "provenance/keys.py"}
LATE_IMPORTS = {"__init__.py", "cli/commands.py"}

# Packages that can write pictures or videos, and the one file that reads faces with one of them.
FOREIGN = {
    "PIL", "cv2", "decord", "imageio", "imageio_ffmpeg", "matplotlib", "moviepy", "skimage",
    "skvideo", "torchvision",
}  # fmt: skip
FACES = "safety/frames/faces.py"


def test_only_the_way_out_imports_the_encoder():
    assert importers("hanazora.media.encode") == {WAY_OUT}


def test_who_writes_bytes_is_known():
    assert {name_of(path) for path in source_files() if writes_bytes(tree_of(path))} <= set(
        BYTE_WRITERS
    )


def test_no_other_package_writes_for_us():
    for path in source_files():
        modules = {name.split(".")[0] for name in imported_modules(tree_of(path))}
        assert not modules & FOREIGN or name_of(path) == FACES, name_of(path)
        assert "subprocess" not in modules or name_of(path) in PROGRAMS, name_of(path)
        assert not imports_late(tree_of(path)) or name_of(path) in LATE_IMPORTS, name_of(path)


@pytest.mark.parametrize(
    "source",
    [
        "from hanazora.media.encode import write_video as keep",
        "from hanazora.media import encode",
        "import hanazora.media.encode as door",
        "import hanazora\nhanazora.media.encode.write_video(path, frames)",
        "from hanazora import media\nmedia.encode.write_video(path, frames)",
    ],
)
def test_no_way_to_import_the_encoder_is_overlooked(source):
    assert reaches(ast.parse(source), "hanazora.media.encode", None)
    pictures = source.replace("encode", "pictures").replace("write_video", "write_png")
    assert reaches(ast.parse(pictures), "hanazora.media.pictures", {"write_png"})


@pytest.mark.parametrize(
    "source",
    [
        "path.write_bytes(data)", "write_bytes(path, data)", "open(path, 'wb')", "path.open('xb')",
        "path.open(mode='ab')", "os.fdopen(number, 'wb')", "os.write(number, data)",
        "np.save(path, frames)", "numpy.savez_compressed(path, frames)", "frames.tofile(path)",
    ],
)  # fmt: skip
def test_no_way_to_write_bytes_is_overlooked(source):
    assert writes_bytes(ast.parse(source))


def test_reading_and_writing_text_are_no_writing_of_bytes():
    source = (
        "path.read_bytes(); open(path); path.open('rb'); path.write_text('a'); video.save(path)"
    )
    assert not writes_bytes(ast.parse(source))
    assert imports_late(ast.parse("importlib.import_module(name)"))
    assert imports_late(ast.parse("__import__(name)"))


def writes_bytes(tree):
    """Say whether a file opens another one for bytes, or calls something that does."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        last = called.rpartition(".")[2]
        said = [each.value for each in (*node.args, *(word.value for word in node.keywords))
                if isinstance(each, ast.Constant) and isinstance(each.value, str)]  # fmt: skip
        opens = last in ("open", "fdopen") and any(
            "b" in mode and set(mode) & set("wax+") and len(mode) <= 3 for mode in said
        )
        arrays = called.startswith(("np.save", "numpy.save", "os.write", "os.pwrite"))
        if opens or arrays or last in ("write_bytes", "tofile"):
            return True
    return False


def imports_late(tree):
    """Say whether a file imports by a name that is put together."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return any(call == "__import__" or call.endswith("import_module") for call in calls)


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


def importers(module, names=None):
    """The files that reach a module, or certain names of it."""
    return {name_of(path) for path in source_files() if reaches(tree_of(path), module, names)}


def reaches(tree, module, names):
    """Say whether a file imports a module, certain names of it, or reaches it through a parent."""
    parent, _, own = module.rpartition(".")
    whole = {f"{module}.{name}" for name in names} if names else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name == module for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom):
            found = {alias.name for alias in node.names}
            if node.module == parent and own in found:
                return True
            if node.module == module and (names is None or found & names):
                return True
    # `import hanazora` or `from hanazora import media`, and then a way down by dots.
    ends = tuple(f"media.{own}.{name}" for name in names) if names else (f"media.{own}",)
    dotted = [name for name, _ in dotted_names(tree)]
    return any(f".{end}" in f".{name}" for name in dotted for end in ends) or bool(
        whole & set(dotted)
    )


def test_only_one_module_asks_about_cuda():
    for path in source_files():
        for name, line in dotted_names(tree_of(path)):
            if name.startswith(("torch.cuda", "torch.backends.mps")):
                assert name_of(path) == "parallel/device.py", f"{name_of(path)}:{line} {name}"
