from hanazora.provenance.sign import sign_file


def test_without_a_signature_the_file_stays_and_the_state_says_so(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"video")
    assert sign_file(path, {"model": "petal"}).state == "not_implemented"
    assert path.read_bytes() == b"video"
